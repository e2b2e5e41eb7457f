"""Finds a checkpoint by a path of its own, or inside this package."""

from pathlib import Path

from foresight.resources import root


def find_model(folder: str | Path) -> Path:
    """Return the folder of a checkpoint: as given if it exists, else the one of the package.

    If neither exists, loading it says what to do.
    """
    inside = root() / folder
    return inside if inside.is_dir() and not Path(folder).is_dir() else Path(folder)
