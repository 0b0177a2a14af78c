"""The code of tools/bench; player/ has its C++ program."""
