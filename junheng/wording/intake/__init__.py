"""The wording of submissions."""
