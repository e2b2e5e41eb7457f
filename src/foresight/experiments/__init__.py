"""What the pages under docs/results are made of."""
