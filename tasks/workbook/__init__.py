"""The ledger as workbooks: written for units, and their replies read back."""
