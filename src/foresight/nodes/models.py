"""Finds a checkpoint by a path of its own, or inside this package."""

from pathlib import Path

from foresight.resources import share


def find_model(folder: str) -> Path:
    """Return the folder of a checkpoint: as given if it exists, else the one of the package."""
    return Path(folder) if Path(folder).is_dir() else share(folder)
