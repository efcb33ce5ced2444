"""The guard around Prefect's application: sign-in, and the requests that a user may make."""
