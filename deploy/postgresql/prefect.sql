-- Runs once, when the volume is empty. POSTGRES_DB is our database; this creates Prefect's.
CREATE DATABASE prefect OWNER junheng;
\connect prefect
CREATE EXTENSION IF NOT EXISTS pg_trgm;
