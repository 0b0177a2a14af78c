"""The operator's container image, behind tools/image."""
