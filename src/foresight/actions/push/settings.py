"""Settings of the macro-action `push`, and how far a planner spreads candidate pushes."""

from dataclasses import dataclass

from foresight.settings import Checked, setting


@dataclass(frozen=True)
class PushConfig(Checked):
    """Macro-action `push`: bounds and timing."""

    length_low: float = setting(0.06, 'shortest action', 'm', 0.02, 0.5)
    length_high: float = setting(0.36, 'longest action', 'm', 0.05, 0.6)
    start_margin: float = setting(
        0.05, 'an action may start this far outside the table', 'm', 0.0, 0.1
    )
    end_margin: float = setting(0.03, 'an action may end so far outside the table', 'm', 0.0, 0.1)
    tool_height: float = setting(
        0.006, 'tool tip above the table while sweeping', 'm', 0.002, 0.05
    )
    clearance: float = setting(0.12, 'tool tip above the table while approaching', 'm', 0.08, 0.3)
    sweep_speed: float = setting(0.30, 'tool speed while sweeping', 'm/s', 0.05, 0.5)
    travel_scale: float = setting(
        0.95, 'share of the joint level limits used while approaching and retracting', '', 0.05,
        0.98,
    )
    vertical_speed: float = setting(0.5, 'tool speed while lowering and lifting', 'm/s', 0.05, 1.0)
    acceleration: float = setting(4.0, 'tool acceleration', 'm/s^2', 0.5, 10.0)
    overlap: float = setting(
        0.3, 'share of lowering and lifting done while travelling', '', 0.0, 0.5
    )
    paddle_width: float = setting(
        0.12, 'width of the lane that the world model is shown as swept', 'm', 0.02, 0.5
    )


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
