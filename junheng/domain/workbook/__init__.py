"""The ledger as a workbook that units fill in and return."""
