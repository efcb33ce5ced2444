"""What is kept: tables, one module of queries for each noun, and the tables' history."""
