"""The guard around Prefect's application: what whoever is signed in may ask of it."""
