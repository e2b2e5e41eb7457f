"""Tasks: what is asked, assembled into a task level."""
