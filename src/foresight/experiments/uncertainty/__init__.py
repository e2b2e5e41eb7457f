"""Imagined outcomes beside true ones."""
