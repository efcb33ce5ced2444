"""Proof: the chain of events, and what an audit holds against it."""
