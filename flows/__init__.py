"""One file for each deployment, named like it: which steps it takes, in which order."""
