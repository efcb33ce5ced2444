"""Verdicts: figures held against the standard, how they came about, what is missing to it."""
