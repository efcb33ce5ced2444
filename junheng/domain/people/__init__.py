"""People and units: districts, departments, contacts, and the routes that reach them."""
