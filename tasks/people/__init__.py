"""Users and their sign-ins."""
