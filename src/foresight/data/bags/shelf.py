"""A folder of bags that take no more room than they may."""

import shutil
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from foresight.data.bags.folder import find_bags
from foresight.data.bags.writer import free_folder


@dataclass
class Shelf:
    """Where bags go.

    Attributes:
        folder: Where they are.
        name: How they are called; a number is added.
        keep: Newest bags of this run that are kept; 0 = all.
        quota: What all bags of the folder may take [byte]; 0 = no bound.
        removes: Whether the oldest bags of the folder make room for new ones.
    """

    folder: Path
    name: str
    keep: int = 0
    quota: int = 0
    removes: bool = False
    _own: deque[Path] = field(default_factory=deque)

    def begin(self) -> Path:
        """Return the folder of the next bag, and remove the oldest of this run beyond `keep`."""
        made = free_folder(self.folder, self.name)
        self._own.append(made)
        if len(self._own) > self.keep > 0:
            shutil.rmtree(self._own.popleft(), ignore_errors=True)
        return made

    def has_room(self, open_bag: Path) -> bool:
        """Return whether all bags keep within the quota, old ones removed where that is asked."""
        if not self.quota:
            return True
        files = {bag: [path.stat() for path in bag.iterdir()] for bag in find_bags(self.folder)}
        sizes = {bag: sum(file.st_size for file in found) for bag, found in files.items()}
        used = sum(sizes.values())
        oldest = sorted(files, key=lambda bag: max(file.st_mtime for file in files[bag]))
        for bag in oldest if self.removes else ():
            if used > self.quota and bag != open_bag:
                used -= sizes[bag]
                shutil.rmtree(bag, ignore_errors=True)
        return used <= self.quota
