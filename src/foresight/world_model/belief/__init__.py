"""Belief: memory, tracker, surprise."""
