"""Folders of bags; what finds them needs nothing that reads them."""

from pathlib import Path

KINDS = '.mcap', '.mcap.zstd', '.db3', '.db3.zstd'
"""How the storage files of a bag end; of two kinds the first is read."""


def find_bags(folder: Path) -> list[Path]:
    """Return the bags in a folder and below: what has a `metadata.yaml` or a storage file."""
    marks = [*folder.rglob('metadata.yaml'), *(
        path for kind in KINDS for path in folder.rglob(f'*{kind}'))]
    return sorted({mark.parent for mark in marks})


def files_of(bag: Path) -> list[Path]:
    """Return the storage files of a bag in the order in which they were written."""
    if bag.is_file():
        return [bag]
    for kind in KINDS:
        if found := list(bag.glob(f'*{kind}')):
            return sorted(found, key=lambda path: (len(path.name), path.name))
    return []


def listing(folder: Path) -> dict[str, int]:
    """Return the size of every file of every bag in a folder."""
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for bag in find_bags(folder) for path in sorted(bag.iterdir()) if path.is_file()
    }
