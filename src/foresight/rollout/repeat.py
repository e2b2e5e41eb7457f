"""Repeat: the same push in the same-looking state, with other friction, mass and tiny offsets."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float, Int

from foresight.actions.push.action import Push
from foresight.actions.push.skill import PushSkill
from foresight.data.repeated_pushes import RepeatedPush
from foresight.errors import RobotError
from foresight.protocols import Observation
from foresight.robots.arm import ArmModel
from foresight.robots.trajectory import JointPath
from foresight.rollout.play import STATUS_CODES, PlayConfig, Player
from foresight.sim.clear_table import ClearTable
from foresight.world_model.observation.rectification import Rectifier

OFFSET, TURN = 0.001, 0.02
"""Standard deviation of where an object stands [m] and is turned [rad]: a tenth of a pixel."""
PUSHES_AN_EPISODE = 3
AIMED_SHARE = 0.9


class Repeater:
    """Repeats pushes aimed by the image in scenes of one object set.

    Friction and mass are drawn from the ranges of the training scenes: what differs between two
    repetitions is what a camera can never tell.
    """

    def __init__(self, config: PlayConfig, repeats: int) -> None:
        """Load the arm and its skill; every push is done `repeats` times."""
        self._config, self._repeats = config, repeats
        self._arm = ArmModel.load()
        self._skill = PushSkill(self._arm, config.scene, config.push, config.joint_level)
        self._player = Player(config)
        self._rectifier = Rectifier(config.scene, config.encoder)

    def episode(self, seed: int) -> Iterator[RepeatedPush]:
        """Yield some pushes of the episode of a seed; it goes on with the push undisturbed."""
        sim, scene, camera = self._config.sim, self._config.scene, self._config.camera
        draws = np.random.default_rng([seed, 2])
        generator = torch.Generator().manual_seed(seed)
        with ClearTable(replace(sim, seed=seed), scene, camera, self._arm) as task:
            for _ in range(PUSHES_AN_EPISODE):
                before = task.observe()
                aimed = bool(draws.random() < AIMED_SHARE)
                push = self._player.choose(before, task.background, aimed, generator)
                try:
                    path = self._skill.plan(Push.from_array(push), self._arm.retract).joint_path
                except RobotError:
                    continue
                yield self._repeated(task, before, push, path, draws)
                if 'table' not in task.objects().status:
                    return

    def _repeated(
        self, task: ClearTable, before: Observation, push: Float[np.ndarray, '4'],
        path: JointPath, draws: np.random.Generator,
    ) -> RepeatedPush:
        """Do one push many times, then once as it would have been."""
        moment, outcomes, status = task.snapshot(), [], _codes(task)
        for _ in range(self._repeats):
            task.restore(moment)
            self._perturb(task, draws)
            task.execute(path)
            image = self._rectified(task.observe())
            outcomes.append((image, task.objects().positions, _codes(task)))
        task.restore(moment)
        for index, spec in enumerate(task.specs):
            task.perturb(index, spec.friction, spec.mass, np.zeros(3))
        task.execute(path)
        images, positions, statuses = zip(*outcomes, strict=True)
        return RepeatedPush(
            seed=task.sim.seed, before=self._rectified(before),
            background=self._rectifier.rectify(task.background, task.view),
            push=push.astype(np.float32), status=status, after=np.stack(images),
            positions=np.stack(positions).astype(np.float32), statuses=np.stack(statuses),
        )

    def _perturb(self, task: ClearTable, draws: np.random.Generator) -> None:
        """Draw anew what the image does not show of each object on the table."""
        sim = self._config.sim
        for index, status in enumerate(task.objects().status):
            friction, mass = draws.uniform(*sim.friction), draws.uniform(*sim.mass)
            offset = draws.normal(0.0, (OFFSET, OFFSET, TURN))
            if status == 'table':
                task.perturb(index, friction, mass, offset)

    def _rectified(self, observation: Observation) -> np.ndarray:
        """Warp an image onto the table plane."""
        return self._rectifier.rectify(observation.image, observation.view)


def _codes(task: ClearTable) -> Int[np.ndarray, ' object']:
    """Return where each object is, as a status code."""
    return np.array([STATUS_CODES[name] for name in task.objects().status], np.int8)
