"""Deadlines and reminders: cards owed, sent, and looked up."""
