"""The ledger: remediations are opened, moved, proven and signed off."""
