"""The code of tools/cluster: Kubernetes with one node on one machine."""
