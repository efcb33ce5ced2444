"""One file for each deployment, with its name; it contains the order of the steps."""
