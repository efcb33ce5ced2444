"""The sentences about what is sent in."""
