"""Things that hold something open: a physics client, a file, processes."""

from abc import ABC, abstractmethod
from typing import TypeVar

Held = TypeVar('Held')


class Closing(ABC):
    """Closes itself at the end of a `with` block."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what is held; closing twice does nothing."""

    def __enter__(self: Held) -> Held:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close, whether or not there was an error."""
        self.close()
