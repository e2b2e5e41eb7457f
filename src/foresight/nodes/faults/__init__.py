"""The bench of faults: a running system in which things go wrong on purpose."""
