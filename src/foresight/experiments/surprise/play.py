"""Episodes in simulated time that somebody disturbs, with and without surprise in the loop."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from foresight.actions.push.action import Push
from foresight.agent.following import Following, SurpriseConfig
from foresight.closing import Closing
from foresight.errors import PlanningError, RobotError
from foresight.experiments.surprise.episode import DisturbedEpisode
from foresight.planning.levels.task import TaskLevel
from foresight.protocols import Belief, Observation, Plan
from foresight.rollout.environment import Environment, Skill
from foresight.rollout.policies import Policy, SceneView
from foresight.world_model.belief.vigilance import Vigilance
from foresight.world_model.jepa import Jepa
from foresight.world_model.observation.perception import Perception

LOOK = 0.1  # time between two free views [s]
REST = 0.5  # wait before a decision, for objects to rest [s]
THINK = 0.4  # time that a plan takes [s]
MORE = 4  # pushes more for an object that somebody adds
Latent = Float[Tensor, 'channel height width']
OnPush = Callable[[Latent, Latent, Latent], None]


@runtime_checkable
class Disturbable(Environment, Protocol):
    """A scene that can be disturbed; `sim.disturbance.DisturbedTable` is one.

    Attributes:
        disturbed_at: Time of the disturbance [s]; None before it.
    """

    disturbed_at: float | None

    @property
    def time(self) -> float:
        """Simulated time since the reset [s]."""
        ...

    def disturb(self, kind: str, delay: float) -> None:
        """Let something happen once so much time [s] has passed."""
        ...

    def wait(self, seconds: float) -> None:
        """Let time [s] pass while the arm rests."""
        ...


@dataclass
class _Count:
    """What an episode has come to so far."""

    pushes: int = 0
    plans: int = 0
    followed: int = 0
    late: int = 0
    noticed: bool = False


class DisturbedPlay(Closing):
    """Plays episodes with one world model in one scene."""

    def __init__(
        self,
        scene: Disturbable,
        perception: Perception,
        model: Jepa,
        skill: Skill,
        task_level: TaskLevel | Policy,
        vigilance: Vigilance,
        config: SurpriseConfig,
        max_pushes: int,
        on_push: OnPush | None = None,
    ) -> None:
        """Keep the parts.

        Args:
            scene: Scene and arm.
            perception: Way from image to latent.
            model: World model that imagines pushes.
            skill: What turns a push into joint commands.
            task_level: What chooses pushes: the planner's, or a policy that plans nothing.
            vigilance: What compares views.
            config: Whether surprise decides, and how; without `watch` it is only recorded.
            max_pushes: Pushes before an episode is truncated.
            on_push: Called after each push with the latent before, predicted and arrived.
        """
        self._scene, self._perception, self._model = scene, perception, model
        self._skill, self._level = skill, task_level
        self._vigilance, self._config, self._max = vigilance, config, max_pushes
        self._following, self._on_push = Following(replace(config, watch=True)), on_push

    def play(self, seed: int, kind: str = '') -> DisturbedEpisode:
        """Play the episode of a seed; the seed also decides when somebody does `kind`."""
        draws = np.random.default_rng([seed, 4])
        when, during = int(draws.integers(2)), bool(draws.random() < 0.5)
        moment = float(draws.uniform(0.1, 0.9))
        self._begin(seed)
        count, most = self._count, self._max + (MORE if kind == 'added' else 0)
        while count.pushes < most and self._scene.outcome().remaining:
            due = kind if count.pushes == when and self._scene.disturbed_at is None else ''
            if due and not during:
                think = 0.0 if self._following.next() else THINK
                self._scene.disturb(due, moment * (REST + think))
            plan = self._decide()
            if plan is None:
                break
            self._push(plan, due if during else '', moment)
        end = self._scene.outcome()
        return DisturbedEpisode(
            seed, kind, during, bool(end.success), end.cleared, end.dropped, end.remaining,
            count.pushes, count.plans, count.followed, tuple(self._alarms),
            self._scene.disturbed_at, count.late, self._following.stop, self._scene.time,
        )

    def play_job(self, job: tuple[int, str]) -> DisturbedEpisode:
        """Play in a worker."""
        return self.play(*job)

    def close(self) -> None:
        """Close the scene."""
        self._scene.close()

    def _begin(self, seed: int) -> None:
        """Reset everything and look at the scene."""
        first = self._scene.reset(seed)
        self._perception.set_background(self._scene.background, first.view)
        self._level.reset(seed)
        self._vigilance.forget()
        self._following.begin()
        self._count, self._alarms, self._was_alarmed = _Count(), list[float](), False
        self._look()

    def _look(self) -> None:
        """Take a free view and judge it."""
        self._seen: Observation = self._scene.observe()
        self._belief: Belief = self._perception.encode(self._seen)
        reading = self._vigilance.see(self._belief.latent)
        if reading is None:
            return
        alarm = reading.level > 1.0
        if alarm and not self._was_alarmed:
            self._alarms.append(self._seen.stamp)
            self._count.noticed |= self._scene.disturbed_at is not None
        self._was_alarmed = alarm
        if not self._config.watch:  # as if nothing had surprised
            reading = replace(reading, level=0.0)
        self._following.hear(reading.level, self._seen.stamp)

    def _pass(self, seconds: float) -> None:
        """Let time pass, looking as often as the camera does, until something surprises."""
        for _ in range(round(seconds / LOOK)):
            self._scene.wait(LOOK)
            self._look()
            if self._config.watch and self._following.alarmed:
                return

    def _pass_until_judged(self) -> None:
        """Look until the push is judged, which takes as long as objects still roll."""
        heard = self._following.readings
        while self._following.readings == heard:
            self._scene.wait(LOOK)
            self._look()

    def _decide(self) -> Plan | None:
        """Choose what to do: follow, plan, plan anew; None to end the episode."""
        following, watch = self._following, self._config.watch
        self._pass(REST)
        while True:
            while watch and following.alarmed and not following.stop:
                self._pass(LOOK)
                self._drop_warm_start()
            if watch and following.stop:
                return None
            rest = following.next()
            try:
                plan = self._choose(rest)
            except PlanningError:
                return None
            if plan is None:
                return None
            if rest is None:
                self._count.plans += 1
                self._pass(THINK)
            if not (watch and following.alarmed):
                break
        self._count.followed += rest is not None
        if rest is None:
            following.adopt(plan)
        else:
            following.go_on()
        return plan

    def _choose(self, rest: Plan | None) -> Plan | None:
        """Return the next plan to carry out the first push of; None if nothing is left."""
        if isinstance(self._level, TaskLevel):
            if rest is not None:
                return self._level.follow(self._belief, rest).plan
            return self._level.decide(self._belief).plan
        view = SceneView(self._seen, self._scene.background, self._scene.objects())
        choice = self._level.act(view)
        if choice is None:
            return None
        action = torch.from_numpy(choice.action).float()[None]
        return Plan(action, 0.0, {}, self._belief.latent[None], 0, 0, 0.0)

    def _drop_warm_start(self) -> None:
        """Forget a plan that the world did not follow."""
        if isinstance(self._level, TaskLevel):
            self._level.drop_warm_start()

    def _push(self, plan: Plan, kind: str, moment: float) -> None:
        """Carry out a push, during which somebody may do `kind`, and see what came of it."""
        scene, count = self._scene, self._count
        action, before = plan.actions[0].cpu(), self._belief.latent
        count.pushes += 1
        count.late += scene.disturbed_at is not None and not count.noticed
        with torch.inference_mode():
            predicted = self._model.predict(before[None], action[None].to(before.device))[0]
        try:
            push = Push.from_array(action.double().numpy())
            path = self._skill.plan(push, scene.joint_positions).joint_path
        except RobotError:
            return
        if kind:
            scene.disturb(kind, moment * path.duration)
        self._vigilance.expect(before, predicted)
        scene.execute(path)
        self._look()
        self._pass_until_judged()
        if self._on_push is not None:
            self._on_push(before, predicted, self._belief.latent)
