"""Benchmarks, each beside a plain baseline in the same run."""
