"""Object permanence: what is known of an object that a plate or the arm hides."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int

from foresight.actions.push.single import SinglePush
from foresight.errors import RobotError
from foresight.experiments.memory.watcher import Bench, Watcher
from foresight.macro_action import MacroAction
from foresight.tasks.scene_view import ObjectStates
from foresight.world_model.observation.occlusion import cell_visibility

DELAYS = (1.0, 3.0, 10.0, 30.0)  # s for which an object stays hidden
PLATE_HEIGHT = 0.30  # m above the table, far above any object
AROUND = 0.15  # m that a plate hides around the centre of an object
TALL = 0.08  # m, higher than any object
LINE_HEIGHT = 0.25  # m, where the arm crosses the line of sight to what it is to hide
MEMORY, FROZEN, NONE = 'memory', 'memory without prediction', 'no memory'

Point = Float[np.ndarray, ' 2']
Numbers = Float[np.ndarray, ' action']
Cell = tuple[int, int]


@dataclass(frozen=True)
class Trial:
    """One look for an object that is hidden.

    Attributes:
        occluder: `plate` or `arm`.
        event: What happened meanwhile: `still`, `other moved`, or `moved` (itself).
        seconds: For how long it was hidden.
        truth: Objects that truly are within one cell of its place; it is one of them.
        seen: Objects expected there when they are in view.
        found: The same while they are hidden, by what is remembered.
        ghost: Objects expected within one cell of where an action took it from; empty without one.
        control: Objects expected within one cell of a hidden place that is truly empty; empty if
            there is none.
        miscount: Error of the expected number of objects on the table, by what is remembered.
    """

    seed: int
    occluder: str
    event: str
    seconds: float
    truth: int
    seen: float
    found: dict[str, float]
    ghost: dict[str, float]
    control: dict[str, float]
    miscount: dict[str, float]


@dataclass(frozen=True)
class Target:
    """The object that is hidden: its index and its cell of the latent."""

    index: int
    place: Float[np.ndarray, '3']
    cell: Cell


class Permanence:
    """Hides one object of a scene in several ways and looks for it in each memory."""

    def __init__(
        self, bench: Bench, watcher: Watcher, action: MacroAction, single: SinglePush,
    ) -> None:
        """Keep the parts; `single` chooses actions.

        The trackers of `watcher` are MEMORY, which imagines actions, and FROZEN, which does not.
        """
        self._bench, self._scene, self._watcher = bench, bench.scene, watcher
        self._action, self._single = action, single

    def play(self, seed: int) -> list[Trial]:
        """Hide an object of the scene of a seed by plate and arm, at rest and moved."""
        runs: tuple[Callable[[int, np.random.Generator], list[Trial]], ...] = (
            self._plate_still, self._plate_pushed, self._arm,
        )
        return [
            trial for number, run in enumerate(runs)
            for trial in run(seed, np.random.default_rng([seed, number]))
        ]

    def _plate_still(self, seed: int, generator: np.random.Generator) -> list[Trial]:
        """Hide an object under a plate; at last action another one."""
        target, seen = self._begin(seed, generator)
        self._watcher.cover(self._plate(target.place[None, :2]))
        trials = self._wait(seed, 'plate', target, seen)
        others = (i for i in _on_table(self._scene.objects()) if i != target.index)
        actions = (self._choose(index, generator) for index in others)
        action = next((action for action in actions if action is not None), None)
        if action is not None and self._carry_out(action, DELAYS[-1]):
            trials.append(self._trial(seed, 'plate', 'other pushed', DELAYS[-1], target, seen))
        return trials

    def _plate_pushed(self, seed: int, generator: np.random.Generator) -> list[Trial]:
        """Move an object from one place to another under the same plate."""
        target, _ = self._begin(seed, generator)
        action = self._choose(target.index, generator)
        if action is None:
            return []
        self._watcher.cover(self._plate(np.array([target.place[:2], self._end(action)])))
        if not self._carry_out(action):
            return []
        return self._after_action(seed, 'plate', target, self._watcher.uncover)

    def _arm(self, seed: int, generator: np.random.Generator) -> list[Trial]:
        """Hold the arm over an object; at last action the object and stay over it."""
        target, seen = self._begin(seed, generator)
        if not self._stand_over(target):
            return []
        trials = self._wait(seed, 'arm', target, seen)
        action = self._choose(target.index, generator)
        if action is None:
            return trials
        try:
            stay = self._bench.hover.above(*self._line_of_sight(self._end(action)))
        except RobotError:
            return trials
        if not self._carry_out(action, DELAYS[-1], stay):
            return trials
        return trials + self._after_action(seed, 'arm', target, self._retract)

    def _choose(self, index: int, generator: np.random.Generator) -> Numbers | None:
        """Draw an action that moves one object alone, if there is one."""
        states = self._scene.objects()
        return self._single(states.positions, states.extents, index, generator)

    def _end(self, action: Numbers) -> Point:
        """Return where the tool lifts off [m]."""
        return np.asarray(self._action.poses(action)[-1, :2, 3])

    def _begin(self, seed: int, generator: np.random.Generator) -> tuple[Target, float]:
        """Reset and choose what to hide; also tell how well it is seen."""
        self._watcher.reset(seed)
        states = self._scene.objects()
        target = self._target(states, int(generator.choice(_on_table(states))))
        return target, self._bench.near(self._watcher.latent, *target.cell)

    def _target(self, states: ObjectStates, index: int) -> Target:
        """Find the cell of an object."""
        place = states.positions[index]
        row, column = self._bench.cells(place[None])[0]
        return Target(index, place.copy(), (int(row), int(column)))

    def _wait(self, seed: int, occluder: str, target: Target, seen: float) -> list[Trial]:
        """Look for a hidden object from time to time."""
        trials = []
        for seconds in DELAYS:
            self._watcher.look(later=seconds)
            trials.append(self._trial(seed, occluder, 'still', seconds, target, seen))
        return trials

    def _trial(
        self, seed: int, occluder: str, event: str, seconds: float, target: Target, seen: float,
        before: Target | None = None,
    ) -> Trial:
        """Look for an object in each memory and in the bare latent."""
        bench, states = self._bench, self._scene.objects()
        latents = {name: item.memory.latent for name, item in self._watcher.trackers.items()}
        latents[NONE] = self._watcher.latent
        true = bench.cells(states.positions[_on_table(states)])
        empty = self._empty_place(true, np.random.default_rng([seed, 9]))

        def near(cell: Cell | None) -> dict[str, float]:
            if cell is None:
                return {}
            return {name: bench.near(latent, *cell) for name, latent in latents.items()}

        apart = np.abs(true - np.array(target.cell)).max(axis=1, initial=0)
        return Trial(
            seed, occluder, event, seconds, int((apart <= 1).sum()), seen, near(target.cell),
            near(None if before is None else before.cell), near(empty),
            {name: abs(bench.count(latent) - len(true)) for name, latent in latents.items()},
        )

    def _empty_place(
        self, true: Int[np.ndarray, 'object 2'], generator: np.random.Generator,
    ) -> Cell | None:
        """Draw a cell of the table that is hidden and has no object near."""
        stride = self._bench.stride
        visible = cell_visibility(self._watcher.hidden, stride, 0, 0).numpy()
        cells = np.stack(np.nonzero(visible == 0.0), axis=1)
        middle = stride * cells + (stride - 1) / 2
        kept = cells[self._single.on_table(self._bench.rectifier.position(middle))]
        apart = np.abs(kept[:, None] - true).max(axis=2)  # cell object
        kept = kept[(apart > 2).all(axis=1)]
        if not len(kept):
            return None
        row, column = kept[generator.integers(len(kept))]
        return int(row), int(column)

    def _after_action(
        self, seed: int, occluder: str, before: Target, reveal: Callable[[], None],
    ) -> list[Trial]:
        """Look for a moved object where it truly is, then reveal it and look again."""
        states = self._scene.objects()
        target = self._target(states, before.index)
        if states.status[before.index] != 'table' or not self._is_hidden(target):
            return []
        hidden = self._trial(seed, occluder, 'pushed', 0.0, target, 0.0, before)
        reveal()
        self._watcher.look()
        return [replace(hidden, seen=self._bench.near(self._watcher.latent, *target.cell))]

    def _carry_out(
        self, action: Numbers, later: float = 0.0, stay: Float[np.ndarray, ' joint'] | None = None,
    ) -> bool:
        """Do an action that only MEMORY hears of; False if the arm cannot."""
        try:
            motion = self._bench.skill.plan(action, self._scene.joint_positions, stay)
        except RobotError:
            return False
        self._watcher.trackers[MEMORY].begin_action(torch.from_numpy(action).float())
        self._watcher.follow(motion.joint_path, motion.sweep_end)
        self._watcher.look(later=later)
        return True

    def _stand_over(self, target: Target) -> bool:
        """Move the arm between camera and object; False if it does not hide it."""
        start = self._scene.joint_positions
        try:
            goal = self._bench.hover.above(*self._line_of_sight(target.place[:2]))
        except RobotError:
            return False
        self._watcher.follow(self._bench.hover.travel(start, goal))
        return self._is_hidden(target)

    def _is_hidden(self, target: Target) -> bool:
        """Tell whether the middle of the cell of an object is hidden."""
        middle = self._bench.stride * np.array(target.cell) + self._bench.stride // 2
        return bool(self._watcher.hidden[tuple(middle)])

    def _retract(self) -> None:
        """Move the arm out of the picture."""
        retract = np.array(self._bench.skill.arm.retract)
        self._watcher.follow(self._bench.hover.travel(self._scene.joint_positions, retract))

    def _line_of_sight(self, point: Point) -> Point:
        """Return where the line of sight to a point of the table is at LINE_HEIGHT."""
        camera = self._scene.view.base_from_camera[:3, 3]
        return np.asarray(point + LINE_HEIGHT / camera[2] * (camera[:2] - point))

    def _plate(self, points: Float[np.ndarray, 'point 2']) -> Float[np.ndarray, '2 3']:
        """Return the corners of a plate that hides objects around these points."""
        camera = self._scene.view.base_from_camera[:3, 3]
        low, high = points.min(axis=0) - AROUND, points.max(axis=0) + AROUND
        corners = np.array([
            [x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (0.0, TALL)
        ])
        shares = (camera[2] - PLATE_HEIGHT) / (camera[2] - corners[:, 2:])
        crossing = camera[:2] + shares * (corners[:, :2] - camera[:2])
        return np.array([
            [*crossing.min(axis=0), PLATE_HEIGHT], [*crossing.max(axis=0), PLATE_HEIGHT + 0.01],
        ])


def _on_table(states: ObjectStates) -> list[int]:
    """Return the indices of the objects on the table."""
    return [index for index, where in enumerate(states.status) if where == 'table']
