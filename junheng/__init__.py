"""What the office knows and owns: the standard, the duties, the ledger, the chase."""
