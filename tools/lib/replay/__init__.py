"""The journal replayed, behind tools/replay: C++, and what builds it."""
