"""Verdicts: comparing figures with the standard, tracing verdicts, distances to thresholds."""
