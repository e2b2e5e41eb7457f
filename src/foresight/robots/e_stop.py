"""The e-stop: set by a topic or a call until somebody releases it; `guarding` stops the arm."""

from foresight.errors import RobotError


class EStop:
    """What is known of the e-stop; it outlives whatever it stops.

    Attributes:
        is_set: Whether the arm must stand still.
    """

    def __init__(self) -> None:
        """Start without one."""
        self.is_set, self._topic = False, False

    def follow(self, pressed: bool) -> None:
        """Follow the `e_stop` topic: True sets it; False only allows a release."""
        self._topic = pressed
        self.is_set |= pressed

    def press(self) -> None:
        """Set it."""
        self.is_set = True

    def release(self, moving: bool) -> None:
        """End it.

        Raises:
            RobotError: If the `e_stop` topic is true, or the arm moves.
        """
        if self._topic:
            raise RobotError('release refused: the e_stop topic is true; clear it first')
        if moving:
            raise RobotError('release refused: the arm moves; wait until it stands still')
        self.is_set = False
