"""The code of tools/docs: the documents as a site."""
