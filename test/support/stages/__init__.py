"""What `tools/test` runs: see __main__.py."""
