"""How imagined futures may count."""
