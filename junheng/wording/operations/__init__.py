"""The wording of runs, the server, the command, audits and backups."""
