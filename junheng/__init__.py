"""The domain of the office and its adapters: standard, duties, ledger and chase."""
