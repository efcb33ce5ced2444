"""The sentences about the channels that carry cards."""
