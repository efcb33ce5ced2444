"""The steps as Prefect runs them: the only room of tasks that imports Prefect."""
