"""What is measured, always beside a plain baseline in the same run."""
