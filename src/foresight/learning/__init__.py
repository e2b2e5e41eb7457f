"""How world models, cost heads and critics learn."""
