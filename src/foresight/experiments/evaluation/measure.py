"""Success over episodes: every policy on every split, on the same seeds."""

from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from foresight.errors import ConfigError
from foresight.experiments import results
from foresight.experiments.document import Document
from foresight.experiments.episodes import SPLITS, Play, counts, play_all
from foresight.experiments.evaluation.page import to_markdown
from foresight.experiments.experiment import Experiment, TaskSettings, choose, of_robot
from foresight.experiments.results import PolicyResult, scores
from foresight.rollout.loop import evaluate as in_lockstep
from foresight.rollout.players import HARD, POLICIES, ClearTablePlayers, check_hand_rule, scenes
from foresight.rollout.policies import PlannerPolicy
from foresight.settings import setting
from foresight.sim.settings import SimConfig
from foresight.sim.site import load_site
from foresight.tasks.clear_table.hand_rule import HandRule
from foresight.tasks.clear_table.score import InBin
from foresight.tasks.scene_view import SuccessRule
from foresight.tasks.task_file import load_task

ALL = ','.join(POLICIES)


@dataclass(frozen=True)
class EvaluationSettings(TaskSettings):
    """Episodes of a task: which policies in which scenes."""

    split: str = setting('both', 'scenes', choices=tuple(SPLITS))
    policy: str = setting(ALL, 'comma-separated policies')
    extra_objects: int = setting(
        0, 'up to this many objects more, drawn anew for each episode', '', 0, 10
    )
    site: str = setting(
        '', 'where the robot works: a name in config/sites, or a YAML file; empty = the defaults'
    )
    over_ros: bool = setting(False, 'play through the real nodes; only the planner')

    def __post_init__(self) -> None:
        """Check bounds, and what the nodes can play."""
        super().__post_init__()
        if not self.over_ros:
            return
        if self.policy not in (ALL, PlannerPolicy.name):
            raise ConfigError('--over-ros plays the planner alone: leave --policy out')
        if self.split == HARD or self.extra_objects or self.site:
            raise ConfigError(
                f'--over-ros knows neither {HARD} scenes nor --extra-objects nor --site: leave '
                'them out'
            )

    @property
    def policies(self) -> list[str]:
        """Names of the policies that play; the hand rule only where things go into a bin."""
        if self.over_ros:
            return [PlannerPolicy.name]
        names, task = choose(self.policy, POLICIES, '--policy'), load_task(self.task)
        if self.policy == ALL and task.success.rule != InBin.name:
            names.remove(HandRule.name)
        if HandRule.name in names:
            check_hand_rule(task)
        return names

    @property
    def success(self) -> SuccessRule:
        """What counts as success at the site.

        Raises:
            ConfigError: If it can never be true there.
        """
        return load_task(self.task).success.make(load_site(self.site).scene)

    @property
    def sim(self) -> SimConfig:
        """Objects and physics."""
        return replace(
            load_site(self.site).sim, objects=self.objects, extra_objects=self.extra_objects,
        )


class Evaluation(Experiment[EvaluationSettings, list[PolicyResult]]):
    """Plays every policy on every split."""

    settings = EvaluationSettings(seed=10_000)
    sheet = 'evaluation'
    page = staticmethod(to_markdown)

    def __init__(self, play: Play = in_lockstep) -> None:
        self._play = play

    def measure(self, settings: EvaluationSettings, console: Console) -> list[PolicyResult]:
        """Play, one bar a policy and split."""
        settings.success  # noqa: B018 - a rule that can never be true ends it here
        place, sim, policies = load_site(settings.site), settings.sim, settings.policies
        base = ClearTablePlayers(
            '', settings.task, sim, settings.checkpoint, scene=place.scene,
            camera=place.camera, robot=settings.robot,
        )
        rows = (
            (name, replace(base, policy=name, sim=scenes(sim, part)))
            for part in SPLITS[settings.split] for name in policies
        )
        return play_all(rows, settings.seeds, settings.workers, console, self._play)

    def document(self, settings: EvaluationSettings, measured: list[PolicyResult]) -> Document:
        """Return the figures by split and policy."""
        plans = PlannerPolicy.name in settings.policies
        checkpoint = settings.checkpoint
        return results.to_document(measured, {
            'task': Path(settings.task).stem, 'success': settings.success.about,
            **counts(settings.sim, settings.split),
            'site': settings.site and load_site(settings.site).name,
            'checkpoint': str(checkpoint) if plans else None,
            'prediction': scores(checkpoint) if plans else {},
        })

    def name(self, settings: EvaluationSettings) -> str:
        """Name the page by what is measured."""
        objects = counts(settings.sim, settings.split)['objects']
        parts = '_'.join(SPLITS[settings.split])
        name = f'{Path(settings.task).stem}_{objects}_objects_{parts}_{settings.seed}'
        name += f'_{settings.episodes}'
        name += f'_{load_site(settings.site).name}' if settings.site else ''
        return name + of_robot(settings) + ('_over_ros' if settings.over_ros else '')
