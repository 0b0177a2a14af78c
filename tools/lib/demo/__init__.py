"""A load test on a real Kubernetes, step by step, behind tools/demo."""
