"""Operations: allowed Prefect API requests, backups and health checks."""
