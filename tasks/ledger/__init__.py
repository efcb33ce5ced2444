"""Putting right: remediations opened, moved, proven and signed off."""
