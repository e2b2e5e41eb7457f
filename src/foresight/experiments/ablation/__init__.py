"""Training methods, labels, another site, robot-hours: rows at equal budget."""
