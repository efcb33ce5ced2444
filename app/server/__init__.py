"""The processes: Prefect with its guard, worker and listener."""
