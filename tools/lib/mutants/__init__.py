"""The code of tools/mutants: ways to break the cores, and who finds them."""
