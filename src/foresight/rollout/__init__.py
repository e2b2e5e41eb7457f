"""Closed loops in lockstep: policies, play, collecting."""
