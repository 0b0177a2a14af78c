"""A real one-node Kubernetes on one machine, behind tools/cluster."""
