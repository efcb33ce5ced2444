"""The wording of errors about settings, disk, database and locks."""
