"""Tests, in the same structure of packages as the code."""
