"""The CustomResourceDefinition, behind tools/crdgen."""
