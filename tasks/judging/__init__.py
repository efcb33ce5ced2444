"""Verdicts: a year judged, traced, compared and reported."""
