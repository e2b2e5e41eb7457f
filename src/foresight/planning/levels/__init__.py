"""The levels of the hierarchy."""
