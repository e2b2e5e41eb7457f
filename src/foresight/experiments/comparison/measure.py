"""Two checkpoints in the same episodes, and on actions of bags that neither has learned from."""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from foresight.actions.loading import load
from foresight.errors import ConfigError
from foresight.experiments.comparison.page import to_markdown
from foresight.experiments.comparison.prediction import Prediction, measure_prediction
from foresight.experiments.comparison.promotion import KIND, NEW, OLD
from foresight.experiments.document import Document
from foresight.experiments.episodes import SPLITS, counts, play_all
from foresight.experiments.experiment import Experiment, TaskSettings, of_robot
from foresight.experiments.results import PolicyResult, figures
from foresight.experiments.statistics import paired_success
from foresight.rollout.episode import EpisodeResult
from foresight.rollout.players import ClearTablePlayers, scenes
from foresight.rollout.policies import PlannerPolicy
from foresight.settings import SHIPPED, setting
from foresight.sim.site import load_site
from foresight.tasks.task_file import load_task
from foresight.world_model.lineage import fingerprint

TEST_SEEDS = range(10_000, 20_000)
"""Seeds that nothing may be chosen on."""
TUNING_SEED = 4000


@dataclass(frozen=True)
class ComparisonSettings(TaskSettings):
    """Episodes that both checkpoints play; `checkpoint` is the new one."""

    old: Path = setting(SHIPPED, 'folder of the world model to compare with')
    bags: tuple[Path, ...] = setting((), 'folders of bags to compare predictions on')
    split: str = setting('both', 'scenes', choices=tuple(SPLITS))
    extra_objects: int = setting(
        0, 'up to this many objects more, drawn anew for each episode', '', 0, 10
    )
    site: str = setting(
        '', 'where the robot works: a name in config/sites, or a YAML file; empty = the defaults'
    )


@dataclass(frozen=True)
class Compared:
    """What was measured: episodes of both, a row a split, and how well both predict."""

    played: list[PolicyResult]
    prediction: tuple[Prediction, ...]


class Comparison(Experiment[ComparisonSettings, Compared]):
    """Plays the same tables with both and compares pair by pair."""

    settings = ComparisonSettings()
    page = staticmethod(to_markdown)

    def measure(self, settings: ComparisonSettings, console: Console) -> Compared:
        """Predict first, which is quick, then play; one bar a checkpoint and split."""
        place, folders = load_site(settings.site), {OLD: settings.old, NEW: settings.checkpoint}
        both = {name: load(folder, 'cpu', place.scene) for name, folder in folders.items()}
        seen = measure_prediction(both[OLD], both[NEW], settings.bags) if settings.bags else ()
        sim = replace(place.sim, objects=settings.objects, extra_objects=settings.extra_objects)
        base = ClearTablePlayers(
            PlannerPolicy.name, settings.task, sim, settings.old, scene=place.scene,
            camera=place.camera, robot=settings.robot,
        )
        rows = (
            (name, replace(base, checkpoint=folder, sim=scenes(sim, part)))
            for part in SPLITS[settings.split] for name, folder in folders.items()
        )
        return Compared(play_all(rows, settings.seeds, settings.workers, console), seen)

    def document(self, settings: ComparisonSettings, measured: Compared) -> Document:
        """Return figures and differences by split, and of all."""
        place = load_site(settings.site)
        splits: dict[str, dict[str, tuple[EpisodeResult, ...]]] = {}
        for row in measured.played:
            splits.setdefault(row.split, {})[row.policy] = row.episodes
        together = {
            name: tuple(e for part in splits.values() for e in part[name]) for name in (OLD, NEW)
        }
        sim = replace(place.sim, objects=settings.objects, extra_objects=settings.extra_objects)
        return {
            'kind': KIND, 'task': Path(settings.task).stem,
            'success': load_task(settings.task).success.make(place.scene).about,
            **counts(sim, settings.split),
            'site': settings.site and place.name,
            'hashes': {OLD: fingerprint(settings.old), NEW: fingerprint(settings.checkpoint)},
            'date': datetime.now(UTC).isoformat(timespec='seconds'),
            'splits': {name: _compared(part) for name, part in splits.items()},
            'all': _compared(together), 'prediction': [asdict(s) for s in measured.prediction],
        }

    def name(self, settings: ComparisonSettings) -> str:
        """Name the page by what is compared where."""
        place = f'_{load_site(settings.site).name}' if settings.site else ''
        return f'{Path(settings.task).stem}_against_{settings.old.name}{place}{of_robot(settings)}'


def check_seeds(seed: int, episodes: int, test: bool) -> int:
    """Return the first seed of a comparison: one of the usual test seeds only where it is asked.

    Raises:
        ConfigError: If test seeds are named but not asked for.
    """
    if test or not set(range(seed, seed + episodes)) & set(TEST_SEEDS):
        return seed
    if seed == TEST_SEEDS[0]:
        return TUNING_SEED
    raise ConfigError(
        f'--seed {seed} looks at the test seeds {TEST_SEEDS[0]} to {TEST_SEEDS[-1]}, on which '
        'nothing may be chosen: give --test once you have chosen, or another --seed'
    )


def _compared(part: dict[str, tuple[EpisodeResult, ...]]) -> dict[str, Any]:
    """Return the figures of both and the difference in success, new minus old."""
    new, old = ([float(episode.success) for episode in part[name]] for name in (NEW, OLD))
    return {
        **{name: figures(episodes) for name, episodes in part.items()},
        'difference': asdict(paired_success(new, old)),
    }
