"""Ablation: tables of training runs at equal budget, one row a method or amount of data."""
