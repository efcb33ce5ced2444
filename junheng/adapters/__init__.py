"""The outside world: clock, files, chat, locks. One file or room for each."""
