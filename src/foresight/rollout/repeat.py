"""Repeat: the same action in the same-looking state, other friction, mass, tiny offsets."""

from dataclasses import replace

import numpy as np
from jaxtyping import Int

from foresight.actions.kinds import make
from foresight.agent.decision import Decision
from foresight.agent.step import Limits
from foresight.closing import Closing
from foresight.data.repeated_actions import RepeatedActions
from foresight.protocols import Observation
from foresight.robots.arm import ArmModel
from foresight.rollout.loop import player_of
from foresight.rollout.play import FromRetract, PlayConfig, PlayPolicy
from foresight.rollout.recording import STATUS_CODES, AtAGlance
from foresight.sim.clear_table import ClearTable
from foresight.tasks.scene_view import SceneView
from foresight.world_model.observation.rectification import Rectifier

OFFSET, TURN = 0.001, 0.02
"""Standard deviation of where an object stands [m] and is turned [rad]: a tenth of a pixel."""
ACTIONS = 3  # of an episode
AIMED_SHARE = 0.9


class Repeater(AtAGlance, Closing):
    """Repeats actions aimed by the image in scenes of one object set.

    Friction and mass are drawn from the ranges of the training scenes: what differs between two
    repetitions is what a camera can never tell.
    """

    def __init__(self, config: PlayConfig, repeats: int) -> None:
        """Load the arm and its skill; every action is done `repeats` times."""
        self._config, self._repeats = config, repeats
        arm = ArmModel.load(config.robot, config.scene.stand)
        action, level = make(config.action, config.scene), config.joint_level
        play = replace(config, collect=replace(config.collect, aimed_share=AIMED_SHARE))
        self._policy = PlayPolicy(play, action, arm, lambda seed: np.random.default_rng([seed, 2]))
        self._table = ClearTable(config.sim, config.scene, config.camera, arm)
        self._rectifier = Rectifier(config.scene, config.encoder)
        self._player = player_of(
            self._table, self._policy, action, arm, Limits(ACTIONS), level=level,
            skill=FromRetract(action.skill(arm, level), arm),
        )

    def episode(self, seed: int) -> list[RepeatedActions]:
        """Return some actions of the episode of a seed; it goes on with each undisturbed."""
        self._seed, self._found = seed, list[RepeatedActions]()
        self._player.play(seed, self)
        return self._found

    def close(self) -> None:
        """Close the scene."""
        self._table.close()

    def before_motion(self, scene: SceneView, decision: Decision) -> None:
        """Do an action many times, then leave the scene as it was before."""
        assert decision.plan is not None and decision.motion is not None
        table, images = self._table, list[np.ndarray]()
        status, restore = self._codes(), table.snapshot()
        positions, statuses = list[np.ndarray](), list[np.ndarray]()
        for _ in range(self._repeats):
            restore()
            self._perturb()
            table.execute(decision.motion)
            images.append(self._rectified(table.observe()))
            positions.append(table.objects().positions)
            statuses.append(self._codes())
        restore()
        for index, spec in enumerate(table.bodies.specs):
            table.bodies.perturb(index, spec.friction, spec.mass, np.zeros(3))
        self._found.append(RepeatedActions(
            seed=np.array(self._seed), before=self._rectified(scene.observation),
            background=self._rectifier.rectify(table.background, table.view),
            action=decision.plan.actions[0].float().numpy(), status=status, after=np.stack(images),
            positions=np.stack(positions).astype(np.float32), statuses=np.stack(statuses),
        ))

    def _perturb(self) -> None:
        """Draw anew what the image does not show of each object on the table."""
        sim, draws = self._config.sim, self._policy.draws
        for index, status in enumerate(self._table.objects().status):
            friction, mass = draws.uniform(*sim.friction), draws.uniform(*sim.mass)
            offset = draws.normal(0.0, (OFFSET, OFFSET, TURN))
            if status == 'table':
                self._table.bodies.perturb(index, friction, mass, offset)

    def _rectified(self, observation: Observation) -> np.ndarray:
        """Warp an image onto the table plane."""
        return self._rectifier.rectify(observation.image, observation.view)

    def _codes(self) -> Int[np.ndarray, ' object']:
        """Return where each object is, as a status code."""
        return np.array([STATUS_CODES[name] for name in self._table.objects().status], np.int8)
