"""Clips of possible and impossible motion."""
