"""How far a planner spreads candidate pushes."""

from dataclasses import dataclass

from foresight.settings import Checked, setting


@dataclass(frozen=True)
class PushSpread(Checked):
    """Planner: how far it spreads candidate pushes."""

    noise_position: float = setting(
        0.03, 'first refinement std of start and length', 'm', 0.001, 0.3
    )
    noise_heading: float = setting(0.25, 'first refinement std of heading', 'rad', 0.01, 1.5)
    robust_position: float = setting(
        0.004, 'std of the jitter of start and length', 'm', 0.0, 0.05
    )
    robust_heading: float = setting(0.03, 'std of the jitter of heading', 'rad', 0.0, 0.5)

    @property
    def noise(self) -> tuple[float, ...]:
        """First refinement of start, heading and length."""
        return (self.noise_position, self.noise_position, self.noise_heading, self.noise_position)

    @property
    def jitter(self) -> tuple[float, ...]:
        """What execution adds to start, heading and length."""
        position = self.robust_position
        return (position, position, self.robust_heading, position)
