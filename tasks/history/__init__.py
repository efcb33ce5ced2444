"""Proof: the ledger and its evidence held against the history."""
