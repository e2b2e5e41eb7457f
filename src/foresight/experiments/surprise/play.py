"""Episodes in simulated time that somebody disturbs, with and without surprise in the loop."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from foresight.agent.agent import Agent
from foresight.agent.decision import Decision
from foresight.agent.following import SurpriseConfig
from foresight.agent.step import Limits
from foresight.agent.thinker import Chooser
from foresight.closing import Closing
from foresight.experiments.surprise.episode import DisturbedEpisode
from foresight.macro_action import MacroAction
from foresight.planning.levels.task import TaskDecision
from foresight.protocols import Plan
from foresight.robots.arm import ArmModel
from foresight.rollout.loop import LOOK, Hooks, player_of
from foresight.sim.disturbance import ADDED, DisturbedTable
from foresight.tasks.scene_view import SceneView
from foresight.world_model.belief.vigilance import Vigilance
from foresight.world_model.jepa import Jepa
from foresight.world_model.observation.perception import Perception

REST = 0.5  # wait before a decision, for objects to rest [s]
THINK = 0.4  # time that a plan takes [s]
MORE = 4  # actions more for an object that somebody adds
Latent = Float[Tensor, 'channel height width']
OnAction = Callable[[Latent, Latent, Latent], None]


class Searching:
    """Counts how often something else searches for a plan.

    Attributes:
        plans: Plans that were searched for and found.
        fresh: Whether the last one was.
    """

    def __init__(self, chooser: Chooser[SceneView]) -> None:
        """Ask this one."""
        self._chooser = chooser
        self.drop_warm_start = chooser.drop_warm_start

    def reset(self, seed: int) -> None:
        """Begin an episode."""
        self.plans, self.fresh = 0, False
        self._chooser.reset(seed)

    def decide(self, scene: SceneView, /) -> TaskDecision:
        """Search."""
        found = self._chooser.decide(scene)
        self.fresh = found.plan is not None
        self.plans += self.fresh
        return found

    def follow(self, scene: SceneView, plan: Plan, /) -> TaskDecision:
        """Go on with a plan."""
        self.fresh = False
        return self._chooser.follow(scene, plan)


@dataclass(frozen=True)
class DisturbedPlay(Closing):
    """Plays episodes with one world model in one scene.

    Attributes:
        scene: Scene and arm.
        perception: Way from image to latent.
        model: World model that imagines actions.
        actor: Macro-action, and the arm that carries it out.
        policy: What chooses actions: the planner's, or one that plans nothing.
        vigilance: What compares views.
        config: Whether surprise decides, and how; without `watch` it is only recorded.
        max_actions: Actions before an episode is truncated.
        on_action: Called after each with the latent before, predicted and arrived.
    """

    scene: DisturbedTable
    perception: Perception
    model: Jepa
    actor: tuple[MacroAction, ArmModel]
    policy: Chooser[SceneView]
    vigilance: Vigilance
    config: SurpriseConfig
    max_actions: int
    on_action: OnAction | None = None

    def play(self, seed: int, kind: str = '') -> DisturbedEpisode:
        """Play the episode of a seed; the seed also decides when somebody does `kind`."""
        searching = Searching(self.policy)
        hooks = Disturbing(self, searching, seed, kind)
        limits = Limits(self.max_actions + (MORE if kind == ADDED else 0))
        end = player_of(
            self.scene, searching, *self.actor, limits, surprise=replace(self.config, watch=True),
        ).play(seed, hooks)
        following = hooks.agent.following
        return DisturbedEpisode(
            seed, kind, hooks.during, end.success, end.cleared, end.dropped, end.remaining,
            end.actions, searching.plans, following.skipped, tuple(hooks.alarms),
            self.scene.disturbed_at, hooks.late, following.stop, self.scene.time,
        )

    def play_job(self, job: tuple[int, str]) -> DisturbedEpisode:
        """Play in a worker."""
        return self.play(*job)

    def close(self) -> None:
        """Close the scene."""
        self.scene.close()


class Disturbing(Hooks):
    """Lets time pass as it does for a real arm, looks on, and disturbs one episode.

    Attributes:
        agent: What acts.
        during: Whether the disturbance is to happen while the arm moves.
        alarms: Times at which surprise rose above the threshold [s].
        late: Actions that began between the disturbance and the first alarm after it.
    """

    agent: Agent[SceneView]

    def __init__(self, play: DisturbedPlay, searching: Searching, seed: int, kind: str) -> None:
        """Draw when the disturbance of a seed happens, and of which kind."""
        draws = np.random.default_rng([seed, 4])
        self._when, self.during = int(draws.integers(2)), bool(draws.random() < 0.5)
        self._moment, self._kind = float(draws.uniform(0.1, 0.9)), kind
        self._play, self._scene, self._searching = play, play.scene, searching
        self.alarms, self.late = list[float](), 0
        self._was_alarmed = self._noticed = False

    def begin(self, agent: Agent[SceneView], scene: SceneView) -> None:
        """Look at the scene for the first time."""
        self.agent = agent
        self._play.perception.set_background(scene.background, scene.observation.view)
        self._play.vigilance.forget()
        self.look(scene)

    def before_decision(self, scene: SceneView) -> SceneView:
        """Wait for objects to rest; somebody may disturb until the arm moves."""
        first = self._scene.disturbed_at is None and self.agent.actions == self._when
        self._due = bool(self._kind) and first
        if self._due and not self.during:
            think = 0.0 if self.agent.following.next() else THINK
            self._scene.disturb(self._kind, self._moment * (REST + think))
        return self._pass(REST, scene)

    def look(self, scene: SceneView) -> None:
        """Judge a free view."""
        self._latent: Latent = self._play.perception.encode(scene.observation).latent
        reading = self._play.vigilance.see(self._latent)
        if reading is None:
            return
        alarm = reading.level > 1.0
        if alarm and not self._was_alarmed:
            self.alarms.append(scene.stamp)
            self._noticed |= self._scene.disturbed_at is not None
        self._was_alarmed = alarm
        # Without surprise in the loop plans are followed as if nothing ever surprised.
        self.agent.hear(reading.level if self._play.config.watch else 0.0, scene.stamp)

    def think(self, scene: SceneView) -> SceneView:
        """Let the time pass that a search takes."""
        return self._pass(THINK, scene) if self._searching.fresh else scene

    def before_motion(self, scene: SceneView, decision: Decision) -> None:
        """Imagine what comes of an action, during which somebody may disturb."""
        assert decision.plan is not None and decision.motion is not None
        action = decision.plan.actions[:1].float().to(self._latent.device)
        self.late += self._scene.disturbed_at is not None and not self._noticed
        with torch.inference_mode():
            predicted = self._play.model.predict(self._latent[None], action)[0]
        if self._due and self.during:
            self._scene.disturb(self._kind, self._moment * decision.motion.duration)
        self._before, self._predicted = self._latent, predicted
        self._play.vigilance.expect(self._before, predicted)

    def after_motion(self) -> None:
        """Look until the action is judged, which takes as long as objects still roll."""
        following = self.agent.following
        heard = following.readings
        self._look_again()
        while following.readings == heard:
            self._scene.wait(LOOK)
            self._look_again()
        if self._play.on_action is not None:
            self._play.on_action(self._before, self._predicted, self._latent)

    def _look_again(self) -> SceneView:
        """Take a free view and judge it."""
        scene, observed = self._scene, self._scene.observe()
        view = SceneView(observed, scene.background, scene.objects())
        self.look(view)
        return view

    def _pass(self, seconds: float, scene: SceneView) -> SceneView:
        """Let time pass, looking as often as the camera does, until something surprises."""
        for _ in range(round(seconds / LOOK)):
            self._scene.wait(LOOK)
            scene = self._look_again()
            if self.agent.following.alarmed:
                return scene
        return scene
