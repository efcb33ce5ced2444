"""Steps with their effects: load, decide, save. `tasks.steps` wraps them for Prefect."""
