"""Slack: the only room that imports slack_sdk."""
