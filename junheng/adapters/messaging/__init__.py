"""Messengers of every channel, their rate limits, and the allowed addresses."""
