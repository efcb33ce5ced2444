"""Running it: who may ask what of Prefect, backups, check-ups."""
