"""The outside world: clock, files, chat, locks. One module or package for each."""
