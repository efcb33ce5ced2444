-- Runs once, when the volume is empty: POSTGRES_DB is ours, this one is Prefect's.
CREATE DATABASE prefect OWNER junheng;
\connect prefect
CREATE EXTENSION IF NOT EXISTS pg_trgm;
