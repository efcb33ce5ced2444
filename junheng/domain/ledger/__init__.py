"""The ledger: remediations, their lifecycle, and everything that depends on them."""
