"""The database itself: connections, locks, copies, and its error messages."""
