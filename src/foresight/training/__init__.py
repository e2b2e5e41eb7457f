"""Training and evaluation: everything that needs data, a model and a cost at once."""
