"""Episodes in which the arm never leaves the picture: every plan is made while it hides a part."""

import time

import numpy as np
import torch
from jaxtyping import Float

from foresight.actions.push.action import Push
from foresight.actions.push.skill import PushSkill
from foresight.errors import PlanningError, RobotError
from foresight.experiments.memory.watcher import Theatre, Watcher
from foresight.planning.levels.task import TaskLevel
from foresight.protocols import Belief, Plan
from foresight.robots.hover import Hover
from foresight.rollout.closed_loop import EpisodeResult, PushRecord
from foresight.settings import SceneConfig

Joints = Float[np.ndarray, ' joint']


class ArmInView:
    """Plays episodes in which the arm hovers over a random point of the table between pushes."""

    def __init__(
        self,
        scene: Theatre,
        watcher: Watcher,
        task_level: TaskLevel,
        actors: tuple[PushSkill, Hover],
        bounds: SceneConfig,
        memory: str | None,
        max_pushes: int,
    ) -> None:
        """Keep the parts; plan from the memory of that name, or from the bare latent."""
        self._scene, self._watcher, self._task_level = scene, watcher, task_level
        self._skill, self._hover = actors
        self._bounds, self._memory, self._max_pushes = bounds, memory, max_pushes

    def play(self, seed: int) -> EpisodeResult:
        """Push until nothing is left, the planner is done or the pushes are used up."""
        generator = np.random.default_rng([seed, 7])
        self._watcher.reset(seed)
        self._task_level.reset(seed)
        rest = self._hover.somewhere(self._bounds, generator)
        self._watcher.follow(self._hover.travel(self._scene.joint_positions, rest))
        records: list[PushRecord] = []
        while len(records) < self._max_pushes and self._scene.outcome().remaining:
            record = self._push_once(self._hover.somewhere(self._bounds, generator))
            if record is None:
                break
            records.append(record)
        end = self._scene.outcome()
        return EpisodeResult(
            seed, bool(end.success), end.cleared, end.dropped, end.remaining, len(records),
            tuple(records),
        )

    def _push_once(self, rest: Joints) -> PushRecord | None:
        """Plan with the arm in view, push, and stop at `rest` [rad]; None if nothing is to do."""
        self._watcher.look()
        begin = time.perf_counter()
        plan = self._decide()
        plan_ms = 1e3 * (time.perf_counter() - begin)
        if plan is None:
            return None
        push, feasible = Push.from_array(plan.actions[0]), True
        try:
            motion = self._skill.plan(push, self._scene.joint_positions, rest)
        except RobotError:
            feasible = False
        else:
            for tracker in self._watcher.trackers.values():
                tracker.begin_push(torch.from_numpy(push.array()).float())
            self._watcher.follow(motion.joint_path, motion.sweep_end)
        state = self._scene.outcome()
        return PushRecord(
            (push.x, push.y, push.heading, push.length), feasible, plan_ms, plan.cost,
            dict(plan.terms), state.remaining, state.dropped,
        )

    def _decide(self) -> Plan | None:
        """Plan from memory or from the bare latent."""
        latent = self._watcher.latent
        if self._memory is not None:
            latent = self._watcher.trackers[self._memory].memory.latent
        try:
            return self._task_level.decide(Belief(latent, 0.0)).plan
        except PlanningError:  # no push is allowed: the arm holds, which ends the episode
            return None
