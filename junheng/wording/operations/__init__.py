"""The wording of running the program and proving what it keeps."""
