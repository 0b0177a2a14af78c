"""The code of tools/replay: the C++ program, and Python code that builds it."""
