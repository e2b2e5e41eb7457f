"""Surprise at the impossible."""
