"""Faults around the robot: what is promised, and what was kept."""
