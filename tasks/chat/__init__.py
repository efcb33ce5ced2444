"""Acting from chat: what somebody pressed is checked, done and answered."""
