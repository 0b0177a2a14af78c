"""The code of tools/image: the container image of the operator."""
