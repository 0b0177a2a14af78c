"""The code of tools/demo: a load test on a Kubernetes cluster, step by step."""
