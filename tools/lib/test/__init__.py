"""The code of tools/test and its stages."""
