"""Verdicts: evaluates, traces, compares and reports a year."""
