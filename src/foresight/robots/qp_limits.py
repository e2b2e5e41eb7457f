"""Limits of the joint level, as pink wants them: rows of G dq <= h.

Pink has each of them too, as separate limits and a barrier; together here they need a third of
the rows and of the time, and braking before a position limit never contradicts the acceleration.
"""

import numpy as np
from jaxtyping import Float
from pink import Configuration
from pink.limits import Limit

Rows = tuple[Float[np.ndarray, 'row joint'], Float[np.ndarray, ' row']]


class JointBox(Limit):  # type: ignore[misc]  # pink is not typed
    """Position, velocity and acceleration limits of every joint."""

    def __init__(
        self, low: Float[np.ndarray, ' joint'], high: Float[np.ndarray, ' joint'],
        velocity: Float[np.ndarray, ' joint'], acceleration: Float[np.ndarray, ' joint'],
    ) -> None:
        """Set the limits [rad, rad/s, rad/s^2]; the arm is at rest."""
        self._edges = np.concatenate([high, -low])
        self._velocity = np.concatenate([velocity, velocity])
        self._acceleration = np.concatenate([acceleration, acceleration])
        self._rows = np.vstack([np.eye(len(low)), -np.eye(len(low))])
        self.last = np.zeros(len(low))

    def compute_qp_inequalities(self, configuration: Configuration, dt: float) -> Rows:
        """Bound the joint displacement of the next step, given the `last` velocity."""
        change = self._acceleration * dt
        # Fastest speed that still stops in this room when it changes once a step: falling from
        # speed v covers v^2 / 2a + v dt / 2, and up to a dt^2 / 8 more if v is no multiple.
        room = self._edges - self._rows @ configuration.q - change * dt / 8
        braking = np.sqrt(2.0 * self._acceleration * np.maximum(room, 0.0) + (change / 2) ** 2)
        speed = np.minimum(self._velocity, braking - change / 2)
        last = self._rows @ self.last
        return self._rows, dt * np.maximum(np.minimum(speed, last + change), last - change)


class TableMargin(Limit):  # type: ignore[misc]
    """A frame stays above a height: the closer it is, the slower it may sink."""

    def __init__(self, frame: str, height: float, gain: float) -> None:
        """Set the frame, its lowest height [m] and the sinking speed per metre of room [1/s]."""
        self._frame, self._height, self._gain = frame, height, gain

    def compute_qp_inequalities(self, configuration: Configuration, dt: float) -> Rows:
        """Bound the vertical displacement of the frame in the next step."""
        pose = configuration.get_transform_frame_to_world(self._frame)
        jacobian = configuration.get_frame_jacobian(self._frame)
        sinking = -pose.rotation[2] @ jacobian[:3]
        room = pose.translation[2] - self._height
        return sinking[None], np.array([dt * self._gain * room])
