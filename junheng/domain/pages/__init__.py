"""What is put up to be read: report, standard, duties."""
