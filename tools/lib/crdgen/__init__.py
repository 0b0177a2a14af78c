"""The code of tools/crdgen: the CustomResourceDefinition."""
