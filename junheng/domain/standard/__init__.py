"""The standard: lines, their editions, and whom each applies to."""
