"""Bags as training data."""
