"""Recording: what is kept of an episode of play."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Float

from foresight.agent.agent import Agent
from foresight.agent.decision import Decision
from foresight.data.episodes import Episode, Images
from foresight.protocols import Observation
from foresight.rollout.environment import Environment, Joints
from foresight.rollout.loop import Hooks
from foresight.sim.clear_table import ClearTable
from foresight.tasks.clear_table.score import glance
from foresight.tasks.scene_view import Outcome, SceneView

STATUS_CODES = {'table': 1, 'floor': 2, 'bin': 3}


class AtAGlance(Hooks):
    """Judges by where things are, without waiting for what still rolls."""

    def outcome(self, environment: Environment) -> Outcome:
        """Judge how the scene stands."""
        return glance(environment.objects())


class Recording(AtAGlance):
    """Keeps what is seen of an episode; a scene is played until its table is seen to be empty."""

    def __init__(self, table: ClearTable, aimed: Callable[[], bool], frames: bool) -> None:
        """Watch a scene, with or without frames in motion; `aimed` tells of the next action."""
        self._table, self._aimed = table, aimed
        self.on_frame = self._add_frame if frames else None
        self._stills: list[np.ndarray] = []
        self._labels: list[tuple[np.ndarray, list[int]]] = []
        self._actions: list[tuple[np.ndarray, bool]] = []
        self._frames: list[np.ndarray] = []
        self._motion: list[tuple[int, float, np.ndarray, np.ndarray]] = []

    def begin(self, agent: Agent[SceneView], scene: SceneView) -> None:
        """Keep the first image."""
        self._add_still(scene.observation)

    def before_motion(self, scene: SceneView, decision: Decision) -> None:
        """Note what is about to be done, unless it is the way home of an arm that was held up."""
        if decision.plan is not None:
            self._actions.append((decision.plan.actions[0].double().numpy(), self._aimed()))

    def after_motion(self) -> None:
        """Keep the image after it; the way home does not change what was done."""
        if len(self._stills) > len(self._actions):
            self._stills.pop()
            self._labels.pop()
        self._add_still(self._table.observe())

    def outcome(self, environment: Environment) -> Outcome:
        """Judge by what is seen; a scene without objects is acted in once."""
        seen = super().outcome(environment)
        return seen if self._actions else replace(seen, remaining=max(1, seen.remaining))

    def _add_still(self, observation: Observation) -> None:
        """Keep an image with the arm at its retract pose, and its labels."""
        states = self._table.objects()
        self._stills.append(observation.image)
        self._labels.append((states.positions, [STATUS_CODES[name] for name in states.status]))

    def _add_frame(
        self, observation: Observation, joints: Joints, tool: Float[np.ndarray, '4 4'],
    ) -> None:
        """Keep an image taken while the arm moves."""
        self._frames.append(observation.image)
        self._motion.append((
            len(self._actions) - 1, observation.stamp, joints.copy(), tool.copy(),
        ))

    def episode(self, meta: dict[str, Any]) -> Episode:
        """Compress what has been seen."""
        actions, stamps, joints, tools = zip(*self._motion) if self._motion else ((),) * 4
        return Episode(
            meta=meta, view=self._table.view, background=self._table.background,
            stills=Images.encode(self._stills, '.png'),
            actions=np.array([action for action, _ in self._actions], np.float32).reshape(
                len(self._actions), -1 if self._actions else 0,
            ),
            aimed=np.array([aimed for _, aimed in self._actions], bool),
            objects=np.stack([positions for positions, _ in self._labels]).astype(np.float32),
            statuses=np.array([codes for _, codes in self._labels], np.int8),
            frames=Images.encode(self._frames, '.jpg'),
            frame_actions=np.array(actions, np.int16), frame_stamps=np.array(stamps, np.float64),
            joint_positions=np.array(joints, np.float32).reshape(len(joints), -1 if joints else 0),
            tool_poses=np.array(tools, np.float32).reshape(-1, 4, 4), seconds=self._table.time,
        )
