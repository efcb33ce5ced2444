"""Putting right: what a remediation is, and what may become of it."""
