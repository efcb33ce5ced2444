"""Acting from chat: buttons, dialogs, and what a press may do."""
