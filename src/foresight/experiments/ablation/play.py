"""What the rows of the ablation play, and what stands beside them on the same episodes."""

from collections.abc import Mapping, Sequence
from json import loads as load_json
from pathlib import Path
from typing import Any

from foresight.experiments import results
from foresight.experiments.ablation.rows import COST_TASK, GOAL_TASK, Budget
from foresight.experiments.document import write_json
from foresight.experiments.results import PolicyResult
from foresight.files import in_new_names
from foresight.rollout.loop import evaluate as play_episodes
from foresight.rollout.players import ClearTablePlayers
from foresight.rollout.policies import AimedRandomPolicy, PlannerPolicy
from foresight.sim.site import Site
from foresight.tasks.clear_table.hand_rule import HandRule
from foresight.world_model.checkpoint import CONFIG, read_json


class Play:
    """Plays the closed-loop episodes of a run."""

    def __init__(self, workers: int, budget: Budget, site: Site) -> None:
        """Keep how many, where, and on how many processes."""
        self._workers, self._site = workers, site
        self._seeds = range(budget.first_episode, budget.first_episode + budget.episodes)

    def __call__(
        self, checkpoint: Path, task: str = COST_TASK, policy: str = PlannerPolicy.name,
    ) -> Mapping[str, Any]:
        """Return the figures of a policy; the planner has a checkpoint and a task."""
        site = self._site
        players = ClearTablePlayers(
            policy, task, site.sim, checkpoint, scene=site.scene, camera=site.camera,
        )
        done = tuple(play_episodes(players, self._seeds, self._workers))
        result = PolicyResult(players.policy, players.split, done)
        return results.figures(result)

    def references(self, folder: Path, unlabelled: Sequence[Path]) -> dict[str, Any]:
        """Return what stands beside the rows, on the same seeds: ceiling, floor, goal images.

        Args:
            folder: Where the figures are kept; what is there is not played again.
            unlabelled: Checkpoints that are told the goal by an image of the empty table.
        """
        found = {
            policy: self._kept(folder / policy, Path(), COST_TASK, policy)
            for policy in (HandRule.name, AimedRandomPolicy.name)
        }
        for checkpoint in unlabelled:
            print_of_it = read_json(checkpoint / CONFIG)['tensors'][:8]
            path = folder / f'{checkpoint.name}_goal_{print_of_it}'
            figures = self._kept(path, checkpoint, GOAL_TASK)
            found[f'{checkpoint.name}, {GOAL_TASK}'] = figures
        return found

    def _kept(
        self, stem: Path, checkpoint: Path, task: str, policy: str = PlannerPolicy.name,
    ) -> Mapping[str, Any]:
        """Read figures, or play and keep them."""
        path = stem.with_name(f'{stem.name}_{self._seeds.start}_{len(self._seeds)}.json')
        if not path.exists():
            write_json(self(checkpoint, task, policy), path)
        figures: dict[str, Any] = in_new_names(load_json(path.read_text()))
        return figures
