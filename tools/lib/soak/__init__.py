"""The code of tools/soak: lives without end, and their shortest plans."""
