"""Acting from chat: buttons, dialogs and the effect of a press."""
