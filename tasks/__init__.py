"""One step with its effect: load, decide, save. Each step also runs without Prefect."""
