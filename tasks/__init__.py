"""One step with its effect: load, decide, save. `tasks.steps` wraps them for Prefect."""
