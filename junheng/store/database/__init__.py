"""The database itself: opened, locked, copied, and what is said where it cannot be used."""
