"""The wording of cards, chat and the people who are told."""
