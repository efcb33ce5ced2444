"""The order of the steps, and the `junheng` command."""
