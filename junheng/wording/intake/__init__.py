"""The wording of what is sent in."""
