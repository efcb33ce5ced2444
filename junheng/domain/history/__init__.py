"""The history: the hash chain of events, and the audit that compares the ledger with it."""
