"""The film of a run: what it saw, what it imagined, what it chose and what then happened."""
