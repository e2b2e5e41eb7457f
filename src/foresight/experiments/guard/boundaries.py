"""How deep hostile plans lead an arm into what it must not run into."""

from dataclasses import dataclass

import numpy as np

from foresight.experiments.guard.families import FAMILIES
from foresight.experiments.guard.world import World
from foresight.robots.arm import ArmModel
from foresight.robots.guard_config import GuardConfig
from foresight.robots.limits import JointLimits
from foresight.robots.plan_window import Joints
from foresight.robots.status import Status
from foresight.robots.workspace import Workspace
from foresight.settings import SceneConfig

STREAMS = (
    'honest plans', 'plans that claim other velocities', 'plans that jump',
    'plans to the position limits at once', 'a planner that dies', 'joints that jump', 'e-stops',
    'ticks that are late, 2 and 10 periods', 'a clock that jumps',
)
SCRATCH = 5e-3  # deeper than a plan that cannot be followed may lead an arm [m]
LIFE = 400  # ticks of one guard, which begins at the retract pose
LOOK = 4  # ticks between two looks at how deep the arm is


class Reckless(World):
    """A world whose planner goes to any joints, whatever is between, near the limits of speed."""

    def _draw_way(self) -> tuple[Joints, Joints, float]:
        """Draw a swing from where the command is to somewhere within the position limits."""
        limits = self.limits
        goal = self.random.uniform(limits.low, limits.high)
        size = (goal - self.told) / 2
        far = np.maximum(np.abs(size), 1e-6)
        rates = np.minimum(limits.velocity / far, np.sqrt(limits.acceleration / far))
        return self.told, size, 0.9 * float(rates.min())


@dataclass(frozen=True)
class Held:
    """What one stream did to one arm that has a table and its own links beside it.

    Attributes:
        stream: Its name.
        ticks: Ticks.
        stops: How often the guard stopped before something.
        depth: Deepest that the arm was in anything [m].
    """

    stream: str
    ticks: int
    stops: int
    depth: float


def held(robot: str, stream: str, lives: int, seed: int) -> Held:
    """Tick guards of an arm through a stream of plans that know nothing of the table."""
    arm = ArmModel.load(robot)
    workspace = Workspace(arm, SceneConfig())
    generator = np.random.default_rng([seed, STREAMS.index(stream)])
    stops, depth = 0, 0.0
    for _ in range(lives):
        world = Reckless(
            JointLimits.of(arm), GuardConfig(), generator, np.array(arm.retract), workspace,
        )
        blocked = False
        for tick in range(LIFE):
            FAMILIES[stream](world, tick)
            world.tick()
            now = world.guard.finding.status is Status.BLOCKED
            stops, blocked = stops + (now and not blocked), now
            if tick % LOOK == 0:
                found = workspace.breaches(world.told)
                depth = max([depth, *(breach.depth for breach in found)])
    return Held(stream, lives * LIFE, stops, depth)
