"""People and units: districts, departments, contacts and their routes."""
