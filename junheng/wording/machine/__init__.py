"""The wording of what a machine refuses: settings, disk, database, locks."""
