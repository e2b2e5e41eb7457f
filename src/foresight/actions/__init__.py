"""Macro-actions: one folder a kind."""
