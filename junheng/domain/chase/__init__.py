"""Deadlines and reminders: the ladder, and the one card a day."""
