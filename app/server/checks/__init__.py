"""What `junheng doctor` checks of the processes."""
