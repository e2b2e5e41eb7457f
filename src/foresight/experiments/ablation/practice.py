"""Practice, as the ablation needs it: a model chooses actions in new scenes of simulation."""

from dataclasses import dataclass
from pathlib import Path

from foresight.actions.loading import action_of
from foresight.data.collected import collected
from foresight.data.robot_time import robot_time
from foresight.experiments.ablation.rows import BOTH_TASK, PLANNED_SHARE, PRACTICE
from foresight.experiments.ablation.runner import Lesson
from foresight.rollout.collect import collect
from foresight.rollout.play import CollectConfig, PlayConfig
from foresight.world_model.checkpoint import CheckpointConfig

FIRST_SCENE, SCENES_A_SEED, SCENES_A_ROUND = 400_000, 100_000, 10_000
"""Seeds of scenes: those of play, of tuning and of tests are elsewhere."""


@dataclass(frozen=True)
class Practice:
    """Lets checkpoints practise.

    Attributes:
        base: Image size and table.
        workers: Processes that action.
        actions: Actions of a round.
    """

    base: CheckpointConfig
    workers: int
    actions: int = PRACTICE

    def __call__(self, checkpoint: Path, folder: Path, seed: int, number: int) -> Lesson:
        """Let a checkpoint practise into a folder, or go on; return what it did.

        Args:
            checkpoint: World model and cost head.
            folder: Folder of the episodes.
            seed: Training seed.
            number: Rounds before this one.
        """
        first = FIRST_SCENE + seed * SCENES_A_SEED + number * SCENES_A_ROUND
        play = CollectConfig(
            actions=self.actions, seed=first, workers=self.workers, frames=False,
            planned_share=PLANNED_SHARE, checkpoint=str(checkpoint), task=BOTH_TASK,
        )
        collect(PlayConfig(collect=play), folder, lambda _: None)
        actions = collected(folder, action_of(self.base), self.base.encoder)
        return Lesson(actions, robot_time(folder))
