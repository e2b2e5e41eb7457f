"""Course: a straight line across the table on which something moves at constant speed."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

Point = Float[np.ndarray, '2']


@dataclass(frozen=True)
class Course:
    """A straight line in the plane, passed at a constant speed.

    Attributes:
        middle: Where the thing is at frame `event` [m].
        direction: Unit vector.
        speed: Distance a frame [m].
        event: Frame at which something may happen.
    """

    middle: Point
    direction: Point
    speed: float
    event: int

    @property
    def across(self) -> Point:
        """Unit vector to the left of the direction."""
        return np.array([-self.direction[1], self.direction[0]])

    @property
    def velocity(self) -> Float[np.ndarray, '3']:
        """Velocity at ten frames a second [m/s]."""
        return np.array([*(10.0 * self.speed * self.direction), 0.0])

    def at(self, frame: int | float) -> Point:
        """Return the point at a frame."""
        return self.middle + self.direction * self.speed * (frame - self.event)

    def aside(self, distance: float) -> 'Course':
        """Return the parallel course so far to the left [m]."""
        return replace(self, middle=self.middle + self.across * distance)


def sample_course(
    generator: np.random.Generator, x: tuple[float, float] = (0.42, 0.53),
    speed: tuple[float, float] = (0.022, 0.028),
) -> Course:
    """Draw a course along the long side of the table, in either direction."""
    sign, angle = generator.choice([-1.0, 1.0]), generator.uniform(-0.1, 0.1)
    distance, event = generator.uniform(*speed), int(generator.integers(9, 12))
    along = distance * event - 0.25 + generator.uniform(0.0, 0.02)  # starts 4 cm from the edge
    middle = np.array([generator.uniform(*x), sign * along])
    return Course(middle, np.array([np.sin(angle), sign * np.cos(angle)]), distance, event)
