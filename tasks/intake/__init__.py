"""What is sent in: files taken, read and put on the register."""
