"""What the rows of the ablation play and practise, and what stands beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from foresight.actions.loading import action_of
from foresight.data.collected import collected
from foresight.data.robot_time import robot_time
from foresight.experiments.ablation.rows import (
    BOTH_TASK,
    COST_TASK,
    GOAL_TASK,
    PLANNED_SHARE,
    PRACTICE,
    Budget,
)
from foresight.experiments.ablation.runner import Lesson
from foresight.experiments.document import kept
from foresight.experiments.results import figures
from foresight.rollout.collect import collect
from foresight.rollout.loop import evaluate as play_episodes
from foresight.rollout.play import CollectConfig, PlayConfig
from foresight.rollout.players import ClearTablePlayers
from foresight.rollout.policies import AimedRandomPolicy, PlannerPolicy
from foresight.sim.site import Site
from foresight.tasks.clear_table.hand_rule import HandRule
from foresight.world_model.checkpoint import CONFIG, CheckpointConfig, read_json

FIRST_SCENE, SCENES_A_SEED, SCENES_A_ROUND = 400_000, 100_000, 10_000
"""Seeds of scenes to practise in: those of play, of tuning and of tests are elsewhere."""


class Play:
    """Plays the closed-loop episodes of a run."""

    def __init__(self, workers: int, budget: Budget, site: Site) -> None:
        """Keep how many, where, and on how many processes."""
        self._workers, self._site = workers, site
        self._seeds = range(budget.first_episode, budget.first_episode + budget.episodes)

    def __call__(
        self, checkpoint: Path, task: str = COST_TASK, policy: str = PlannerPolicy.name,
    ) -> dict[str, Any]:
        """Return the figures of a policy; the planner has a checkpoint and a task."""
        site = self._site
        players = ClearTablePlayers(
            policy, task, site.sim, checkpoint, scene=site.scene, camera=site.camera,
        )
        return figures(tuple(play_episodes(players, self._seeds, self._workers)))

    def references(self, folder: Path, unlabelled: Sequence[Path]) -> dict[str, Any]:
        """Return what stands beside the rows, on the same seeds: ceiling, floor, goal images.

        What is in the folder is not played again. The `unlabelled` checkpoints are told the goal
        by an image of the empty table.
        """
        end = f'{self._seeds.start}_{len(self._seeds)}.json'
        known = {
            policy: kept(folder / f'{policy}_{end}', partial(self, Path(), policy=policy))
            for policy in (HandRule.name, AimedRandomPolicy.name)
        }
        for start in unlabelled:
            path = folder / f'{start.name}_goal_{read_json(start / CONFIG)["tensors"][:8]}_{end}'
            known[f'{start.name}, {GOAL_TASK}'] = kept(path, partial(self, start, GOAL_TASK))
        return known


@dataclass(frozen=True)
class Practice:
    """Lets checkpoints choose the actions of a round in new scenes of simulation."""

    base: CheckpointConfig
    workers: int
    actions: int = PRACTICE

    def __call__(self, checkpoint: Path, folder: Path, seed: int, number: int) -> Lesson:
        """Let a checkpoint practise into a folder, or go on; return what it did.

        Scenes are those of a training seed and of the number of rounds before this one.
        """
        first = FIRST_SCENE + seed * SCENES_A_SEED + number * SCENES_A_ROUND
        play = CollectConfig(
            actions=self.actions, seed=first, workers=self.workers, frames=False,
            planned_share=PLANNED_SHARE, checkpoint=str(checkpoint), task=BOTH_TASK,
        )
        collect(PlayConfig(collect=play), folder, lambda _: None)
        actions = collected(folder, action_of(self.base), self.base.encoder)
        return Lesson(actions, robot_time(folder))
