"""The outside world: clock, chat, workbooks, documents. One file for each."""
