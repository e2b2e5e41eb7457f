"""Which plans the guard rides: those that begin where the arm is, now, within the limits."""

import numpy as np

from foresight.robots.guard_config import GuardConfig
from foresight.robots.limits import JointLimits
from foresight.robots.plan_window import REST, Joints, PlanWindow

ROUNDING = 1.01  # share of a velocity limit that a plan may claim
PAST = 1.0  # a plan may have begun so long ago [s]


class Admission:
    """Looks at a plan before it is ridden."""

    def __init__(self, limits: JointLimits, config: GuardConfig) -> None:
        """Hold plans against these limits."""
        self._limits, self._config = limits, config

    def object(self, window: PlanWindow, positions: Joints, now: float) -> str:
        """Return why a plan must not be ridden from `positions`, or an empty text."""
        names, limits = self._limits.names, self._limits
        if window.positions.shape[1] != len(names):
            return f'the plan needs {len(names)} joints'
        claimed = np.abs(window.velocities).max(axis=0)
        if (claimed > ROUNDING * limits.velocity).any():
            joint = int(np.argmax(claimed / limits.velocity))
            return (f'the plan claims {claimed[joint]:.3g} rad/s of {names[joint]}, '
                    f'which turns at most {limits.velocity[joint]:.3g}: plan within limits')
        beyond = np.maximum(window.positions - limits.high, limits.low - window.positions)
        joint = int(beyond.max(axis=0).argmax())
        if beyond[:, joint].max() > REST:
            return (f'the plan takes {names[joint]} {beyond[:, joint].max():.3g} rad beyond its '
                    'limits: plan within limits')
        return self._when(window, now) or self._where(window, positions, now)

    def _when(self, window: PlanWindow, now: float) -> str:
        """Object to a plan of another time."""
        ago = now - window.end
        if ago > self._config.plan_timeout or (ago > 0.0 and not window.ends_at_rest):
            return f'the plan ended {ago:.2f} s ago: check clocks and planner'
        if now - window.times[0] > PAST:
            return (f'the plan began {now - window.times[0]:.2f} s ago: send what lies ahead, '
                    'and check clocks')
        return ''

    def _where(self, window: PlanWindow, positions: Joints, now: float) -> str:
        """Object to a plan of another place."""
        gap = float(np.abs(window.sample(now)[0] - positions).max())
        if gap > self._config.jump_limit:
            return f'the plan is {gap:.2f} rad away from the arm: plan again from where it is'
        return ''
