"""What is sent in: forms, their sheets, faults and the register."""
