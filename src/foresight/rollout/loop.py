"""The one closed loop: agent, skill and environment in lockstep, with hooks, without ROS.

An episode depends on its seed alone: not on the episodes before it, the number of worker
processes or the load of the machine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from foresight.agent.agent import Agent
from foresight.agent.decision import Decision
from foresight.agent.following import SurpriseConfig
from foresight.agent.phase import Phase
from foresight.agent.step import Limits, Step
from foresight.agent.thinker import Chooser, Thinker, WayHome
from foresight.closing import Closing
from foresight.macro_action import MacroAction, Skill
from foresight.protocols import Observation
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.rollout.environment import Environment, Joints, OnFrame
from foresight.rollout.episode import ActionRecord, EpisodeResult, allowed_actions
from foresight.rollout.workers import Builder, Crew
from foresight.tasks.scene_view import Outcome, SceneView

LOOK = 0.1  # time until the next view, where the agent wants to see more [s]


class Hooks:
    """What may happen around the macro-actions of an episode; a child overrides what it needs.

    Attributes:
        on_frame: Called with every frame while the arm moves.
    """

    on_frame: OnFrame | None = None

    def begin(self, agent: Agent[SceneView], scene: SceneView) -> None:
        """Take note that an episode begins."""

    def before_decision(self, scene: SceneView) -> SceneView:
        """Return what the next macro-action is chosen from."""
        return scene

    def look(self, scene: SceneView) -> None:
        """Take one more view, which the agent waited for."""

    def think(self, scene: SceneView) -> SceneView:
        """Let happen what happens while the agent thinks; return what is seen after it."""
        return scene

    def before_motion(self, scene: SceneView, decision: Decision) -> None:
        """Take note of the motion that begins."""

    def after_motion(self) -> None:
        """Take note that it has ended."""

    def outcome(self, environment: Environment) -> Outcome:
        """Judge how the scene stands."""
        return environment.outcome()


@dataclass(frozen=True)
class Player(Closing):
    """Everything an episode needs.

    Attributes:
        environment: Scene and arm.
        policy: What chooses macro-actions.
        skill: What turns one into a motion.
        homing: The way back to the retract pose.
        home: Retract pose [rad].
        limits: How many actions an episode has at most, with up to three objects.
        more: Actions more for each object beyond three.
        surprise: What surprise decides; nothing if left out.
    """

    environment: Environment
    policy: Chooser[SceneView]
    skill: Skill
    homing: WayHome
    home: Joints
    limits: Limits
    more: int = 0
    surprise: SurpriseConfig | None = None

    def play(self, seed: int, hooks: Hooks | None = None) -> EpisodeResult:
        """Act until nothing is left, the agent is done or the actions are used up."""
        return Episode(self, seed, hooks or Hooks()).play()

    def close(self) -> None:
        """Close the environment."""
        self.environment.close()


class Episode:
    """One episode of a player."""

    def __init__(self, player: Player, seed: int, hooks: Hooks) -> None:
        """Reset the scene and start the agent."""
        self._environment, self._hooks, self._seed = player.environment, hooks, seed
        self._scene = self._view(self._environment.reset(seed))
        count = len(self._scene.objects.names)
        most = allowed_actions(player.limits.max_actions, player.more, count)
        self._agent = Agent(
            Thinker(player.policy, player.skill, player.homing), player.home,
            replace(player.limits, max_actions=most), player.surprise,
        )
        self._agent.start(seed, self._scene.stamp)
        hooks.begin(self._agent, self._scene)

    def play(self) -> EpisodeResult:
        """Act until it is over."""
        records: list[ActionRecord] = []
        reason = ''
        while self._goes_on and self._outcome.remaining:
            step = self._decide()
            reason = step.reason if step.phase is Phase.IDLE else ''
            if step.decision is not None:
                records.extend(self._act(step.decision))
        end = self._outcome
        return EpisodeResult(
            self._seed, bool(end.success), end.cleared, end.dropped, end.remaining, len(records),
            tuple(records), reason,
        )

    @property
    def _goes_on(self) -> bool:
        """Whether the agent wants to do more."""
        return self._agent.phase not in (Phase.IDLE, Phase.DONE)

    @property
    def _outcome(self) -> Outcome:
        """How the scene stands."""
        return self._hooks.outcome(self._environment)

    def _view(self, seen: Observation) -> SceneView:
        """Put together what is shown."""
        return SceneView(seen, self._environment.background, self._environment.objects())

    def _decide(self) -> Step:
        """Show the scene until the agent has decided, or has ended."""
        agent, hooks = self._agent, self._hooks
        self._scene = hooks.before_decision(self._scene)
        while True:
            agent.feel(self._environment.joint_positions, self._scene.stamp)
            agent.see(self._scene, self._scene.stamp)
            if agent.phase is Phase.PLANNING:
                self._scene = hooks.think(self._scene)
            step = agent.tick(self._scene.stamp)
            if step.decision is not None or step.ended:
                return step
            self._environment.wait(LOOK)
            self._scene = self._view(self._environment.observe())
            hooks.look(self._scene)

    def _act(self, decision: Decision) -> tuple[ActionRecord, ...]:
        """Carry out what was decided; return the macro-action, or nothing for the way home."""
        environment, hooks = self._environment, self._hooks
        if decision.motion is not None:
            hooks.before_motion(self._scene, decision)
            environment.execute(decision.motion, hooks.on_frame)
            hooks.after_motion()
        done = () if decision.plan is None else (ActionRecord.of(decision, self._outcome),)
        self._scene = self._view(environment.observe())
        self._agent.arrive(self._scene.stamp)
        return done


def player_of(
    environment: Environment, policy: Chooser[SceneView], action: MacroAction, arm: ArmModel,
    limits: Limits, more: int = 0, surprise: SurpriseConfig | None = None,
    skill: Skill | None = None, level: JointLevelConfig | None = None,
) -> Player:
    """Put together what plays, see `Player`.

    Args:
        environment: Scene and arm.
        policy: What chooses macro-actions.
        action: Macro-action.
        arm: Arm that carries it out.
        limits: How many actions an episode has at most.
        more: Actions more for each object beyond three.
        surprise: What surprise decides.
        skill: What plans motions; that of the action if left out.
        level: Joint level; the usual one if left out.
    """
    level = level or JointLevelConfig()
    return Player(
        environment, policy, skill or action.skill(arm, level), action.homing(arm, level),
        np.array(arm.retract), limits, more, surprise,
    )


def evaluate(
    factory: Builder[Player], seeds: Sequence[int], workers: int = 1
) -> Iterator[EpisodeResult]:
    """Yield the episode of each seed, in order, played by `workers` processes.

    Args:
        factory: Builds environment, policy and skill in each process.
        seeds: One seed an episode.
        workers: Processes; 1 plays in this one.

    Raises:
        WorkerError: If a worker process was killed.
    """
    with Crew(min(workers, len(seeds))) as crew:
        yield from crew.run(factory, Player.play, seeds)
