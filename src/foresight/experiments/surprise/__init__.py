"""Surprise in the loop."""
