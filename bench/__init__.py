"""Benchmarks, each compared with a plain baseline in the same run."""
