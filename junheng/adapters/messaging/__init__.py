"""Messages, whatever carries them: the channels, their pace, and who may be reached."""
