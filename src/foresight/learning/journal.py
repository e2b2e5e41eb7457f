"""Journal of a run: one JSON line a record, and TensorBoard scalars where it is installed."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from foresight.closing import Closing
from foresight.errors import DatasetError
from foresight.files import write_atomically
from foresight.reading import damaged, parse_json, read_text

FILE = 'journal.jsonl'


class Journal(Closing):
    """Appends scalars; a resumed run first drops what the killed one wrote after its last save."""

    def __init__(self, folder: Path, step: int) -> None:
        """Open the journal of a run that has `step` steps behind it."""
        self._path = folder / FILE
        with damaged(self._path, 'delete it to start a new one', DatasetError):
            kept = [line for line in self._lines() if parse_json(line)['step'] <= step]
        write_atomically(self._path, ''.join(f'{line}\n' for line in kept))
        self._file = self._path.open('a')
        self._board = _open_board(folder / 'tensorboard', step)

    def close(self) -> None:
        """Close both files."""
        self._file.close()
        if self._board is not None:
            self._board.close()

    def write(self, step: int, group: str, scalars: dict[str, float]) -> None:
        """Add scalars after `step` steps."""
        self._file.write(json.dumps({'step': step, 'group': group, **scalars}) + '\n')
        self._file.flush()
        for name, value in scalars.items():
            if self._board is not None:
                self._board.add_scalar(f'{group}/{name}', value, step)

    def _lines(self) -> list[str]:
        """Return whole lines; the last may have been cut off by a kill."""
        if not self._path.exists():
            return []
        text = read_text(self._path)
        return text[:text.rfind('\n') + 1].splitlines()


def _open_board(folder: Path, step: int) -> Any:
    """Open TensorBoard's writer, or return None without the extra `train`."""
    if find_spec('tensorboard') is None:
        return None
    from torch.utils.tensorboard import SummaryWriter  # Slow to import, and optional.

    return SummaryWriter(str(folder), purge_step=step + 1)  # type: ignore[no-untyped-call]
