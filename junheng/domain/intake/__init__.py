"""Submissions: forms, their sheets, faults and the register."""
