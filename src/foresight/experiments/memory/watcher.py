"""Watching a table in lockstep: camera, arm and memory as the nodes join them, without ROS."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from foresight.actions.push.skill import PushSkill
from foresight.protocols import CameraView, Observation
from foresight.robots.hover import Hover
from foresight.robots.trajectory import JointPath
from foresight.rollout.environment import Environment, Joints
from foresight.settings import SceneConfig
from foresight.tasks.clear_table.cost_head import TABLE, Occupancy
from foresight.world_model.belief.memory import MemoryConfig
from foresight.world_model.belief.tracker import BeliefTracker
from foresight.world_model.jepa import Jepa
from foresight.world_model.observation.occlusion import ArmOcclusion, silhouette
from foresight.world_model.observation.perception import Perception
from foresight.world_model.observation.rectification import Rectifier

Latent = Float[Tensor, 'channel height width']
Corners = Float[np.ndarray, '2 3']


@runtime_checkable
class Theatre(Environment, Protocol):
    """A scene that can be hidden and watched; `sim.clear_table.ClearTable` is one.

    Attributes:
        view: Camera of this episode.
    """

    view: CameraView

    def cover(
        self, low: Float[np.ndarray, '3'], high: Float[np.ndarray, '3'],
    ) -> Callable[[], None]:
        """Hang a plate between two corners [m]; what is returned takes it away."""


@dataclass(frozen=True)
class Bench:
    """What every measurement works with.

    Attributes:
        bounds: Table and rectified view.
        stride: Pixels that a cell of the latent spans.
        occupancy: Reads objects from a latent.
        hover: Moves the arm through the air.
    """

    scene: Theatre
    bounds: SceneConfig
    rectifier: Rectifier
    stride: int
    occupancy: Occupancy
    skill: PushSkill
    hover: Hover

    def cells(self, places: Float[np.ndarray, 'object 3']) -> Int[np.ndarray, 'object 2']:
        """Return the cells [row, column] of places in `base_link` [m]."""
        pixels = self.rectifier.project(places, self.scene.view)
        return np.asarray(np.floor((pixels + 0.5) / self.stride).astype(int))

    def count(self, latent: Latent) -> float:
        """Return the expected number of objects on the table."""
        return float(self._map(latent).sum())

    def near(self, latent: Latent, row: int, column: int) -> float:
        """Return the expected number of objects within one cell of a cell."""
        table = self._map(latent)
        return float(table[max(0, row - 1):row + 2, max(0, column - 1):column + 2].sum())

    def _map(self, latent: Latent) -> Float[Tensor, 'height width']:
        """Return the probability that an object on the table is centred in each cell."""
        with torch.inference_mode():
            return self.occupancy(latent[None])[0, TABLE]


class Watcher:
    """Looks at a scene and keeps any number of memories of it up to date.

    Attributes:
        trackers: The memories, by name.
        latent: Latent of the newest image.
        hidden: Pixels of the rectified image that arm or plate hide in it.
    """

    latent: Latent
    hidden: Bool[np.ndarray, 'row column']

    def __init__(
        self, scene: Theatre, perception: Perception, model: Jepa, occlusion: ArmOcclusion,
        memories: dict[str, MemoryConfig],
    ) -> None:
        """Keep the parts; each of `memories` configures a tracker."""
        self.trackers = {name: BeliefTracker(model, item) for name, item in memories.items()}
        self._scene, self._perception, self._occlusion = scene, perception, occlusion
        self._plate: Corners | None = None
        self._uncover: Callable[[], None] = lambda: None

    def reset(self, seed: int) -> None:
        """Begin the episode of a seed; the arm is at its retract pose and hides nothing."""
        self.begin(self._scene.reset(seed))

    def begin(self, first: Observation) -> None:
        """Begin an episode with its first image."""
        self._perception.set_background(self._scene.background, first.view)
        self._plate, self._uncover = None, lambda: None
        for tracker in self.trackers.values():
            tracker.forget()
        self.look(first)

    def cover(self, plate: Corners) -> None:
        """Hang a plate between its two corners [m] before the camera."""
        self._plate, self._uncover = plate, self._scene.cover(*plate)

    def uncover(self) -> None:
        """Take the plate away."""
        self._uncover()
        self._plate, self._uncover = None, lambda: None

    def look(self, seen: Observation | None = None, later: float = 0.0) -> None:
        """Take an image, a new one if left out, into every memory.

        Nothing moves, so the clock alone goes on where its stamp is `later` [s].
        """
        seen = seen or self._scene.observe()
        self.latent = self._perception.encode(seen).latent
        self.hidden = self._hidden(seen.view)
        for tracker in self.trackers.values():
            tracker.see(self.latent, seen.stamp + later, self.hidden)

    def follow(self, path: JointPath, until: float = np.inf) -> None:
        """Carry out a motion and watch it; an action in it ends `until` [s] after the start."""
        self.start(until)
        self._scene.execute(path, self.on_frame)
        self.look()

    def start(self, until: float = np.inf) -> None:
        """Take note that a motion begins; an action it contains ends `until` [s] from now."""
        self._started, self._until = self._scene.observe().stamp, until

    def on_frame(self, seen: Observation, joints: Joints, tool: Float[np.ndarray, '4 4']) -> None:
        """Look while the arm moves."""
        if seen.stamp - self._started >= self._until:
            self._until = np.inf
            for tracker in self.trackers.values():
                tracker.end_action()
        self.look(seen)

    def _hidden(self, view: CameraView) -> Bool[np.ndarray, 'row column']:
        """Return what arm and plate hide."""
        hidden = self._occlusion.hidden(self._scene.joint_positions, view)
        if self._plate is None:
            return hidden
        corners = np.array(np.meshgrid(*self._plate.T)).reshape(3, -1).T
        plate = self._occlusion.rectified(silhouette((corners,), view), view)
        return np.asarray(hidden | plate)
