"""Running it: backups, check-ups, runs and what became of them."""
