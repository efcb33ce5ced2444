"""Actions from chat: presses are checked, carried out and answered."""
