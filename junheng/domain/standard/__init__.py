"""The standard: lines, their editions, and the units each applies to."""
