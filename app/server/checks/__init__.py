"""The checks of `junheng doctor` on the account, folders and processes."""
