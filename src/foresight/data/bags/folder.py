"""Folders of bags; what finds them needs nothing that reads them."""

from pathlib import Path


def find_bags(folder: Path) -> list[Path]:
    """Return the bags in a folder and below: what has a `metadata.yaml` or an MCAP file."""
    marks = [*folder.rglob('metadata.yaml'), *folder.rglob('*.mcap'), *folder.rglob('*.db3')]
    return sorted({mark.parent for mark in marks})


def listing(folder: Path) -> dict[str, int]:
    """Return the size of every file of every bag in a folder."""
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for bag in find_bags(folder) for path in sorted(bag.iterdir()) if path.is_file()
    }
