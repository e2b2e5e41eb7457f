"""The e-stop: set by a topic, a call or a fault until somebody releases it."""

import json
from pathlib import Path

from foresight.errors import RobotError
from foresight.files import write_atomically
from foresight.robots.status import Finding, Status

PRESSED = Finding(Status.E_STOP, 'e-stop: clear its cause, then call release')


class EStop:
    """What is known of the e-stop; it outlives whatever it stops.

    Attributes:
        finding: Why the arm must stand still; None if it need not.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Start as the file says, or without one; what cannot be read counts as an e-stop."""
        self._file, self._topic = file, False
        self.finding: Finding | None = None
        if file is not None and file.exists():
            self.finding = _read(file)

    @property
    def is_set(self) -> bool:
        """Whether the arm must stand still."""
        return self.finding is not None

    def follow(self, pressed: bool) -> None:
        """Follow the `e_stop` topic: True sets it; False only allows a release."""
        self._topic = pressed
        if pressed:
            self.press()

    def press(self) -> None:
        """Set it."""
        self._set(PRESSED)

    def trip(self, finding: Finding) -> None:
        """Set it for a fault that somebody must look at; the first one is kept."""
        if not self.is_set:
            self._set(finding)

    def release(self, moving: bool) -> None:
        """End it.

        Raises:
            RobotError: If the `e_stop` topic is true, or the arm moves.
        """
        if self._topic:
            raise RobotError('release refused: the e_stop topic is true; clear it first')
        if moving:
            raise RobotError('release refused: the arm moves; wait until it stands still')
        self.finding = None
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def _set(self, finding: Finding) -> None:
        """Set it first, and then write it down."""
        known, self.finding = self.finding, finding
        if self._file is not None and known != finding:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._file, json.dumps([finding.status, finding.reason]))


def _read(file: Path) -> Finding:
    """Read why the arm must stand still."""
    try:
        status, reason = json.loads(file.read_text()[:4096])
        return Finding(Status(status), str(reason))
    except (OSError, ValueError, TypeError):
        return PRESSED
