"""Ticks a guard through hostile streams and keeps the worst of every limit."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from foresight.experiments.guard.families import FAMILIES, Family
from foresight.experiments.guard.world import World
from foresight.robots.arm import ArmModel
from foresight.robots.guard_config import GuardConfig
from foresight.robots.limits import JointLimits

ROUNDING = 1e-6  # share of a limit that rounding may add
LIFE = 2000  # ticks of one guard
ROBOTS = ('panda', 'ur5e', 'xarm6')
SOFT = 40.0  # jerk of a gentle arm in accelerations [1/s]: MoveIt's Panda has 80


@dataclass(frozen=True)
class Row:
    """What one family did; shares are of the limits, 1 is the limit.

    Attributes:
        family: Its name.
        ticks: Ticks.
        velocity: Largest share of a velocity limit.
        acceleration: Largest share of an acceleration limit.
        jerk: Largest share of a jerk limit.
        position: Largest share of the way from the middle to a position limit.
        broken: Ticks on which a limit is broken.
        not_finite: Commands that are not finite.
        untrue: Largest difference of a published velocity from that of the positions [rad/s].
        p99: Processor time that 99 of 100 ticks take at most, at the usual rate [ms].
        slowest: Longest of those [ms].
    """

    family: str
    ticks: int
    velocity: float
    acceleration: float
    jerk: float
    position: float
    broken: int
    not_finite: int
    untrue: float
    p99: float
    slowest: float


def soak(family: str, ticks: int, seed: int) -> Row:
    """Tick guards of several arms, rates and jerks through a family."""
    generator = np.random.default_rng([seed, list(FAMILIES).index(family)])
    limits = [JointLimits.of(ArmModel.load(robot)) for robot in ROBOTS]
    limits += [replace(each, jerk=SOFT * each.acceleration) for each in limits]
    rows = []
    for life in range(-(-ticks // LIFE)):
        config = GuardConfig(rate=(100.0, 100.0, 250.0, 1000.0)[life % 4])
        world = World(limits[life % len(limits)], config, generator)
        rows.append(live(world, [FAMILIES[family]], min(LIFE, ticks - life * LIFE)))
    return _join(family, rows)


def live(world: World, families: Sequence[Family], ticks: int) -> tuple[np.ndarray, ...]:
    """Tick one guard through families, each for its part of the ticks.

    Returns:
        Shares of the limits on each tick, what was said wrong of the velocity, times [s].
    """
    positions, velocities, spent = [world.where], [np.zeros_like(world.where)], []
    for tick in range(ticks):
        families[tick * len(families) // ticks](world, tick)
        begin = time.thread_time()
        command = world.tick()
        spent.append(time.thread_time() - begin)
        if command is not None:
            positions.append(command.positions)
            velocities.append(command.velocities)
    found = _shares(world.limits, np.array(positions), np.array(velocities), world.period)
    return (*found, np.array(spent if world.config.rate == GuardConfig().rate else []))


def _shares(
    limits: JointLimits, positions: np.ndarray, said: np.ndarray, period: float,
) -> tuple[np.ndarray, ...]:
    """Share of velocity, acceleration, jerk, position on each tick, and what was said wrong.

    The arm stands still before the first command, where it is measured.
    """
    trace = np.concatenate([positions[:1]] * 3 + [positions])
    shares, rate = [], trace
    for order, limit in enumerate((limits.velocity, limits.acceleration, limits.jerk)):
        rate = np.diff(rate, axis=0) / period
        shares.append((np.abs(rate[2 - order:]) / limit).max(axis=1))
        if order == 0:
            untrue = np.abs(said - rate[2:]).max(axis=1)
    middle, half = (limits.high + limits.low) / 2, (limits.high - limits.low) / 2
    shares.append((np.abs(positions - middle) / half).max(axis=1))
    return np.stack(shares)[:, 1:], untrue[1:]


def _join(family: str, rows: list[tuple[np.ndarray, ...]]) -> Row:
    """Keep the worst of all."""
    shares = np.concatenate([row[0] for row in rows], axis=1)
    untrue, spent = (np.concatenate([row[index] for row in rows]) for index in (1, 2))
    velocity, acceleration, jerk, position = (float(share) for share in shares.max(axis=1))
    return Row(
        family, len(untrue), velocity, acceleration, jerk, position,
        int((shares > 1.0 + ROUNDING).any(axis=0).sum()),
        int((~np.isfinite(shares)).any(axis=0).sum()), float(untrue.max()),
        1e3 * float(np.percentile(spent, 99)), 1e3 * float(spent.max()),
    )
