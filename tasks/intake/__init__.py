"""Intake: files are received, read and put on the register."""
