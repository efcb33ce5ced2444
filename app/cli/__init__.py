"""The `junheng` command."""
