"""The commands of `junheng`, by subject."""
