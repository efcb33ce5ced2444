"""Pure functions and values: no clock, file, database, network or log."""
