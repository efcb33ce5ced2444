"""The ledger's workbooks: written, and what came back in them."""
