"""Published pages: verdict report, standard and duties."""
