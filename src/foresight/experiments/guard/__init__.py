"""The guard under hostile streams: `python -m foresight.experiments.guard`, or `make soak`."""
