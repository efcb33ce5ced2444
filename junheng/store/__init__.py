"""The database: tables, one module of queries for each noun, and the migrations."""
