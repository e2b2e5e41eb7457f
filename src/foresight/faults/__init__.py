"""What can go wrong around a robot, what is promised then, and whether it was kept."""
