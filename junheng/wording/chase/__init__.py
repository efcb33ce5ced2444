"""The wording of cards, chat, channels and contacts."""
