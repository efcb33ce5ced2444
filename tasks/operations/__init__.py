"""Operations: backups and restores, machine checks, dry runs, requests of runs."""
