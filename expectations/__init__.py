"""The only package that uses Great Expectations: suites from config/, custom expectations."""
