"""Tasks of places: everything into a region, or out of it."""
