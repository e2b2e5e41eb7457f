"""How fast bags are imported, and in how much memory: `python -m foresight.experiments.bags`."""
