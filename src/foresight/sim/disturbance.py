"""Disturbances: a hand moves, takes or adds an object, or somebody bumps the camera."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from foresight.errors import ConfigError
from foresight.protocols import CameraView, Observation
from foresight.sim.clear_table import ClearTable, Joints
from foresight.sim.objects import ObjectSpec, sample_specs
from foresight.sim.spots import Spot, Spots, anywhere, sample_spot
from foresight.sim.world import rotation

MOVED, REMOVED, ADDED, BUMPED = KINDS = ('moved', 'removed', 'added', 'bumped')
FAR = 0.10  # an object is moved at least this far [m]
CLEAR_OF_TOOL = 0.12  # a hand puts nothing nearer to the tool [m]
TRIES = 50
BUMP_SHIFT, BUMP_TURN = (0.01, 0.03), (0.02, 0.05)
"""How far a bump moves [m] and turns [rad] the camera."""


class DisturbedTable(ClearTable):
    """A table to clear that somebody disturbs; its seed decides what happens.

    Attributes:
        disturbed_at: Simulated time of the disturbance [s]; None before it.
    """

    disturbed_at: float | None

    def reset(self, seed: int) -> Observation:
        """Start the undisturbed episode of a seed."""
        self._draws = np.random.default_rng([seed, 3])
        self._kind, self._due = '', 0.0
        self._seen_from: CameraView | None = None
        self.disturbed_at = None
        return super().reset(seed)

    def disturb(self, kind: str, delay: float) -> None:
        """Let one of KINDS happen after a delay of simulated time [s].

        Raises:
            ConfigError: If the kind is unknown.
        """
        if kind not in KINDS:
            raise ConfigError(f'disturbance {kind!r}: choose one of {", ".join(KINDS)}')
        self._kind, self._due = kind, self.time + delay

    def step(self, positions: Joints | None = None, velocities: Joints | None = None) -> None:
        """Carry out one command; what is due happens first."""
        if self._kind and self.time >= self._due:
            self._happen()
        super().step(positions, velocities)

    def observe(self) -> Observation:
        """Take an image; a bumped camera still reports the pose it was calibrated at."""
        if self._seen_from is None:
            return super().observe()
        return Observation(self._render(self._seen_from), self.view, self.time)

    def _happen(self) -> None:
        """Disturb now, unless there is nothing to move or take."""
        kind, self._kind = self._kind, ''
        on_table = [i for i, place in enumerate(self.objects().status) if place == 'table']
        if kind == BUMPED:
            self._bump()
        elif kind == ADDED:
            self._add()
        elif not on_table:
            return
        elif kind == REMOVED:
            self._take(int(self._draws.choice(on_table)))
        else:
            self._move(int(self._draws.choice(on_table)))
        self.disturbed_at = self.time

    def _move(self, index: int) -> None:
        before = self.objects().positions[index, :2]
        self.bodies.place(index, self._spot(*self._among_others(index), before))
        self._rest[index] = 0.0

    def _take(self, index: int) -> None:
        self.bodies.remove(index)
        self._rest = np.delete(self._rest, index)

    def _add(self) -> None:
        others, one = self.bodies.specs, replace(self.sim, objects=1, extra_objects=0)
        drawn = sample_specs(one, self._look.colors, self._draws)[0]
        spec, nowhere = replace(drawn, name=f'{len(others)}_added'), np.full(2, np.inf)
        self.bodies.add(spec, self._spot(spec, others, self.objects().positions, nowhere))
        self._rest = np.append(self._rest, 0.0)

    def _spot(
        self, spec: ObjectSpec, others: tuple[ObjectSpec, ...], spots: Spots,
        before: Float[np.ndarray, '2'],
    ) -> Spot:
        """Draw a spot for an object: clear of the others and the tool, far from before."""
        tool = self.tool_pose[:2, 3]
        for _ in range(TRIES):
            spot = sample_spot(spec, anywhere, others, spots, self.scene, self._draws)
            gap = float(np.linalg.norm(spot[:2] - before))
            if gap >= FAR and np.linalg.norm(spot[:2] - tool) >= CLEAR_OF_TOOL:
                break
        return spot

    def _bump(self) -> None:
        """Shift and turn the camera in random directions."""
        moved = np.eye(4)
        moved[:3, :3] = rotation(self._direction() * self._draws.uniform(*BUMP_TURN))
        moved[:3, 3] = self._direction() * self._draws.uniform(*BUMP_SHIFT)
        pose = self.view.base_from_camera @ moved
        self._seen_from = replace(self.view, base_from_camera=pose)

    def _direction(self) -> Float[np.ndarray, '3']:
        drawn = self._draws.normal(size=3)
        return np.asarray(drawn / np.linalg.norm(drawn))
