"""The steps as Prefect tasks: the only package of tasks that imports Prefect."""
