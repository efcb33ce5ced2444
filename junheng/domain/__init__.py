"""Pure: values in, values out. No clock, file, database, network or log."""
