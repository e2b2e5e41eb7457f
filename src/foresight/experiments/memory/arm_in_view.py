"""Episodes in which the arm never leaves the picture: every plan is made while it hides a part."""

import math

import numpy as np
from jaxtyping import Float

from foresight.actions.push.macro_action import PushAction
from foresight.actions.push.skill import PushMotion
from foresight.agent.agent import Agent
from foresight.agent.decision import Decision
from foresight.agent.step import Limits
from foresight.experiments.memory.watcher import Bench, Watcher
from foresight.planning.levels.task import TaskDecision, TaskLevel
from foresight.protocols import Belief, Plan
from foresight.rollout.environment import Joints
from foresight.rollout.episode import EpisodeResult
from foresight.rollout.loop import Hooks, player_of
from foresight.tasks.scene_view import SceneView


class FromMemory:
    """Plans from what a watcher remembers, or from the bare latent if it has no memory."""

    def __init__(self, watcher: Watcher, task_level: TaskLevel) -> None:
        self._watcher, self._level = watcher, task_level
        self.reset, self.drop_warm_start = task_level.reset, task_level.drop_warm_start

    def decide(self, scene: SceneView, /) -> TaskDecision:
        """Plan, unless the task is done."""
        return self._level.decide(self._belief(scene))

    def follow(self, scene: SceneView, plan: Plan, /) -> TaskDecision:
        """Go on with the rest of a plan, unless the task is done."""
        return self._level.follow(self._belief(scene), plan)

    def _belief(self, scene: SceneView) -> Belief:
        """Return what is known at the time of a scene."""
        latents = [tracker.memory.latent for tracker in self._watcher.trackers.values()]
        return Belief(latents[0] if latents else self._watcher.latent, scene.stamp)


class ArmInView(Hooks):
    """Plays episodes in which the arm hovers over a random point of the table between actions."""

    def __init__(
        self, bench: Bench, watcher: Watcher, task_level: TaskLevel, max_actions: int,
    ) -> None:
        """Keep the parts; plan from the memory of the watcher, or from the bare latent."""
        self._bench, self._watcher = bench, watcher
        self._player = player_of(
            bench.scene, FromMemory(watcher, task_level), PushAction(bench.bounds),
            bench.skill.arm, Limits(max_actions, home=math.inf), skill=self,
        )
        self.on_frame = watcher.on_frame

    def play(self, seed: int) -> EpisodeResult:
        """Act until nothing is left, the planner is done or the actions are used up."""
        self._draws = np.random.default_rng([seed, 7])
        return self._player.play(seed, self)

    def plan(self, action: Float[np.ndarray, ' action'], start: Joints) -> PushMotion:
        """Plan an action that ends over a random point of the table."""
        self._motion = self._bench.skill.plan(action, start, self._rest())
        return self._motion

    def begin(self, agent: Agent[SceneView], scene: SceneView) -> None:
        """Look at the scene, then move the arm into the picture."""
        self._watcher.begin(scene.observation)
        start, rest = self._bench.scene.joint_positions, self._rest()
        self._watcher.follow(self._bench.hover.travel(start, rest))

    def before_decision(self, scene: SceneView) -> SceneView:
        """Look again."""
        self._watcher.look()
        return scene

    def before_motion(self, scene: SceneView, decision: Decision) -> None:
        """Tell every memory what is done."""
        assert decision.plan is not None
        for tracker in self._watcher.trackers.values():
            tracker.begin_action(decision.plan.actions[0].float().cpu())
        self._watcher.start(self._motion.sweep_end)

    def after_motion(self) -> None:
        """Look at what came of it."""
        self._watcher.look()

    def _rest(self) -> Joints:
        """Draw where the arm hovers next."""
        return self._bench.hover.somewhere(self._bench.bounds, self._draws)
