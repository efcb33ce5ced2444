"""Audit: compares the ledger, its evidence and its ladders with the history."""
