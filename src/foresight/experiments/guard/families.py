"""Hostile streams by kind. Each does one tick of mischief before the guard ticks."""

from collections.abc import Callable, Mapping

import numpy as np

from foresight.experiments.guard.world import PLAN, World

Family = Callable[[World, int], None]


def _usual(world: World, tick: int, plans: bool = True, joints: bool = True) -> None:
    """Advance the clock; the arm follows, the planner plans."""
    world.now += world.period
    world.where = world.told
    if joints:
        world.listen(world.where)
    if plans and tick % PLAN == 0:
        world.send(*world.honest())


def _plan(spoil: Callable[[World, np.ndarray, np.ndarray, np.ndarray], None]) -> Family:
    """Spoil every second plan in place."""
    def family(world: World, tick: int) -> None:
        _usual(world, tick, plans=tick % (2 * PLAN) == 0)
        if tick % (2 * PLAN) == PLAN:
            parts = [np.array(part) for part in world.honest()]
            spoil(world, *parts)
            world.send(*parts)
    return family


def _joints(spoil: Callable[[World, int], np.ndarray | None]) -> Family:
    """Measure something else than is there, in bouts."""
    def family(world: World, tick: int) -> None:
        bout = tick % 400 > 200
        _usual(world, tick, joints=not bout)
        measured = spoil(world, tick) if bout else None
        if measured is not None:
            world.listen(measured)
    return family


def _clock(step: Callable[[World, int], float]) -> Family:
    """Let the time between two ticks be another."""
    def family(world: World, tick: int) -> None:
        world.now += step(world, tick) - world.period
        _usual(world, tick)
    return family


def _at(array: np.ndarray, world: World, values: float | np.ndarray) -> None:
    """Set some random entries."""
    array[world.random.random(array.shape) < 0.1] = values


def _claims(world: World, _: np.ndarray, __: np.ndarray, velocities: np.ndarray) -> None:
    velocities *= world.random.choice([0.0, -1.0, 10.0, 1e6])


def _limit_claims(world: World, _: np.ndarray, __: np.ndarray, velocities: np.ndarray) -> None:
    velocities[:] = world.limits.velocity * world.random.choice([-1.0, 1.0])


def _not_finite(world: World, *parts: np.ndarray) -> None:
    part = parts[world.random.integers(3)]
    _at(part, world, world.random.choice([np.nan, np.inf, -np.inf]))


def _jumps(world: World, _: np.ndarray, positions: np.ndarray, __: np.ndarray) -> None:
    positions[world.random.integers(2, 20):] += world.random.normal(0.0, 0.5, positions.shape[1])


def _shaken(world: World, _: np.ndarray, positions: np.ndarray, __: np.ndarray) -> None:
    positions += world.random.normal(0.0, 0.05, positions.shape)


def _to_the_limits(world: World, _: np.ndarray, positions: np.ndarray, __: np.ndarray) -> None:
    goal = world.random.choice([world.limits.low, world.limits.high])
    share = np.linspace(0.0, 1.0, len(positions))[:, None]
    positions[:] = world.told + share * (goal - world.told)


def _permuted(world: World, _: np.ndarray, positions: np.ndarray, __: np.ndarray) -> None:
    positions[:] = positions[:, world.random.permutation(positions.shape[1])]


def _beyond(world: World, _: np.ndarray, positions: np.ndarray, __: np.ndarray) -> None:
    positions[-1] = world.random.choice([1e3, -1e300, 1e300])


def _times(world: World, times: np.ndarray, _: np.ndarray, __: np.ndarray) -> None:
    times[:] = world.random.permutation(times) if world.random.random() < 0.5 else times[0]


def _elsewhen(world: World, times: np.ndarray, _: np.ndarray, __: np.ndarray) -> None:
    times += world.random.choice([-1e9, -5.0, -0.3, 0.2, 5.0, 1e9])


def _squeezed(world: World, times: np.ndarray, _: np.ndarray, __: np.ndarray) -> None:
    times[:] = times[0] + (times - times[0]) * world.random.choice([1e-6, 0.1, 30.0])


def _short(world: World, tick: int) -> None:
    """Send plans of no point, one point, the wrong joints, and 2000 points."""
    _usual(world, tick, plans=tick % 50 < 25)
    if tick % PLAN == 0:
        times, positions, velocities = world.honest()
        count = int(world.random.choice([0, 1, 2]))
        world.send(times[:count], positions[:count], velocities[:count])
        world.send(times, positions[:, :-1], velocities[:, :-1])
    if tick % 200 == 0:
        times = world.now + world.period * np.arange(2000)
        world.send(times, np.tile(world.told, (2000, 1)), np.zeros((2000, len(world.told))))


def _rogue(world: World, tick: int) -> None:
    """A second planner leads elsewhere, seen by the graph or not."""
    _usual(world, tick)
    world.guard.rivals = int(tick % 300 > 250)
    if tick % 3 == 0:
        times, positions, velocities = world.honest()
        world.send(times, positions + 0.2 * np.sin(tick), velocities)


def _silent(world: World, tick: int) -> None:
    """The planner dies in mid-motion, and comes back."""
    _usual(world, tick, plans=tick % 150 < 60)


def _pressed(world: World, tick: int) -> None:
    """The e-stop is pressed at random, by call and by topic."""
    _usual(world, tick)
    if world.random.random() < 0.02:
        world.e_stop.follow(True)
        world.e_stop.follow(False)


def _dropped(world: World, tick: int) -> None:
    """The node is deactivated in mid-motion, again and again."""
    _usual(world, tick)
    if world.random.random() < 0.02:
        world.guard.drop()


def _hand(world: World, tick: int) -> None:
    """Somebody leads the arm about while nothing plans, and while something does."""
    _usual(world, tick, plans=tick % 500 > 400, joints=False)
    middle = (world.limits.low + world.limits.high) / 2
    turn = np.sin(0.01 * tick + np.arange(len(middle)))
    world.listen(middle + 0.55 * (world.limits.high - world.limits.low) * turn)


def _everything(world: World, tick: int) -> None:
    """Another family at every moment."""
    others = [family for name, family in FAMILIES.items() if name != 'everything at once']
    others[int(world.random.integers(len(others)))](world, tick)


def _wander(world: World, _: int) -> float:
    return float(world.period * max(world.random.normal(1.0, 0.5), 0.0))


def _late(world: World, tick: int) -> float:
    return float(world.period * world.random.choice([1.0, 2.0, 10.0], p=[0.8, 0.15, 0.05]))


def _leap(world: World, tick: int) -> float:
    jump = float(world.random.choice([-1e6, -5.0, -0.1, 2.0, 1e6]))
    return jump if world.random.random() < 0.01 else world.period


def _pause(world: World, tick: int) -> float:
    return 0.0 if tick % 100 > 60 else world.period


FAMILIES: Mapping[str, Family] = {
    'honest plans': _usual,
    'plans that claim other velocities': _plan(_claims),
    'plans that claim the highest velocities': _plan(_limit_claims),
    'plans that are not finite': _plan(_not_finite),
    'plans that jump': _plan(_jumps),
    'plans that shake': _plan(_shaken),
    'plans to the position limits at once': _plan(_to_the_limits),
    'plans beyond all limits': _plan(_beyond),
    'plans of permuted joints': _plan(_permuted),
    'plans whose times are out of order': _plan(_times),
    'plans of another time': _plan(_elsewhen),
    'plans that are squeezed or stretched': _plan(_squeezed),
    'plans of no, one, and 2000 points': _short,
    'a second planner': _rogue,
    'a planner that dies': _silent,
    'joints that stop arriving': _joints(lambda world, tick: None),
    'joints that are frozen': _joints(lambda world, tick: world.limits.low * 0.3),
    'joints that are not finite': _joints(lambda world, tick: world.where * np.nan),
    'joints that are permuted': _joints(
        lambda world, tick: world.random.permutation(world.where)),
    'joints that jump': _joints(
        lambda world, tick: world.where + world.random.normal(0.0, 0.3, len(world.where))),
    'joints that are noisy': _joints(
        lambda world, tick: world.where + world.random.normal(0.0, 0.02, len(world.where))),
    'joints with an offset': _joints(lambda world, tick: world.where + 0.3),
    'an arm moved by hand': _hand,
    'e-stops': _pressed,
    'a node deactivated in mid-motion': _dropped,
    'ticks that jitter': _clock(_wander),
    'ticks that are late, 2 and 10 periods': _clock(_late),
    'a clock that jumps': _clock(_leap),
    'a clock that pauses': _clock(_pause),
    'everything at once': _everything,
}
