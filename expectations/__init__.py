"""The only room of Great Expectations: suites built from config/, our own expectations."""
