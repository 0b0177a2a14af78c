"""Shared code of the tests that run the operator process."""
