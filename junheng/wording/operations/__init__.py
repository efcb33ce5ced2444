"""The sentences about settings, disk, database and processes."""
