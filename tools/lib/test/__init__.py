"""Stages of tests, behind tools/test."""
