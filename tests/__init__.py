"""The rooms again, each tested as its own: sentences about the office."""
