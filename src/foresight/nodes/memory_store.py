"""Keeps the memory of the predictor node in a file; a thread of its own writes it."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from foresight.world_model.belief.memory import Memory
from foresight.world_model.belief.memory_file import MemoryOwner, load_memory, save_memory


class MemoryStore:
    """Reads a memory once and writes it now and then; wall-clock time dates it.

    A file that belongs to another model is never written over: reading it fails first.
    """

    def __init__(self, path: Path, owner: MemoryOwner) -> None:
        """Keep the memories of `owner` in `path`."""
        self._path, self._owner = path, owner
        self._thread = ThreadPoolExecutor(1, 'memory')
        self._job: Future[None] | None = None
        self._written: Memory | None = None

    def restore(self) -> Memory | None:
        """Return the memory of an earlier run with its age; None if there is none.

        Raises:
            MemoryFileError: If the file is damaged or of another model or scene.
        """
        if not self._path.exists():
            return None
        return load_memory(self._path, self._owner, time.time())

    def write(self, memory: Memory) -> None:
        """Begin to write a memory, unless it is written already or the last one still is.

        Raises:
            FileError: If the last one could not be written.
        """
        if memory is self._written or (self._job is not None and not self._job.done()):
            return
        job, self._written = self._job, memory
        self._job = self._thread.submit(save_memory, self._path, memory, self._owner, time.time())
        if job is not None:
            job.result()

    def clear(self) -> None:
        """Delete the file, after what is being written."""
        self._written = None
        self._thread.submit(self._path.unlink, missing_ok=True).result()

    def close(self) -> None:
        """Finish writing and end the thread.

        Raises:
            FileError: If the last memory could not be written.
        """
        self._thread.shutdown()
        if self._job is not None:
            self._job.result()
