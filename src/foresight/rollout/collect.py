"""Collect play with several worker processes; what is finished is kept, whatever happens."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from foresight.actions.kinds import make
from foresight.data.collected import MANIFEST
from foresight.data.episodes import load_episode, save_episode
from foresight.differences import differences, named
from foresight.errors import DatasetError, WorkerError
from foresight.files import version, write_atomically
from foresight.macro_action import ActionConfig, with_action
from foresight.robots.arm import ArmModel
from foresight.rollout.play import Collector, PlayConfig, load_planner
from foresight.rollout.sites import SiteCollector
from foresight.rollout.workers import Crew
from foresight.settings import SceneConfig

EPISODES = 'episode_*.npz'
RESTARTS = 5
FREE_BYTES = 200 * 2**20
"""Collecting stops before the disk holds less than this."""

Progress = Callable[[int], None]


def collect(config: PlayConfig, folder: Path, progress: Progress) -> int:
    """Play until the folder holds enough actions.

    Episodes are seeded by their number, so that an interrupted run goes on where it stopped.

    Args:
        config: What play looks like; a folder takes only one.
        folder: Where the episodes go.
        progress: Called with the number of actions held so far.

    Returns:
        The number of actions in the folder.

    Raises:
        CheckpointError: If what shall plan is missing, damaged or of another table.
        ConfigError: If there is no task as it shall plan for.
        DatasetError: If the folder was made with other settings, the disk is full, or workers
            keep dying. Finished episodes stay.
    """
    # Says what is wrong, which a worker cannot.
    load_planner(config, ArmModel.load(config.robot, config.scene.stand))
    folder.mkdir(parents=True, exist_ok=True)
    _check_manifest(config, folder)
    total = held(folder)
    progress(total)
    deaths = 0
    while total < config.collect.actions:
        try:
            for actions in _played(config, folder):
                total += actions
                progress(total)
                if total >= config.collect.actions:
                    break
        except WorkerError as error:
            deaths, total = deaths + 1, held(folder)
            if deaths > RESTARTS:
                raise DatasetError(
                    f'workers died {deaths} times (out of memory?): run again with fewer '
                    f'--workers; {total} actions are kept'
                ) from error
    return total


def held(folder: Path) -> int:
    """Count the actions of the finished episodes in a folder."""
    return sum(len(load_episode(path).actions) for path in sorted(folder.glob(EPISODES)))


def _played(config: PlayConfig, folder: Path) -> Iterator[int]:
    """Play the episodes that are missing, without end; yield the actions of each."""
    jobs = ((seed, folder) for seed in _missing_seeds(config.collect.seed, folder))
    with Crew(config.collect.workers) as crew:
        yield from crew.run(MakeCollector(config), play_into, jobs)


@dataclass(frozen=True)
class MakeCollector:
    """Builds what plays, in the process that plays."""

    config: PlayConfig

    def __call__(self) -> Collector | SiteCollector:
        """Build it."""
        return (SiteCollector if self.config.collect.sites else Collector)(self.config)


def play_into(collector: Collector | SiteCollector, job: tuple[int, Path]) -> int:
    """Play the episode of a seed into a folder; return its actions.

    Raises:
        DatasetError: If the disk is nearly full.
    """
    seed, folder = job
    if shutil.disk_usage(folder).free < FREE_BYTES:
        raise DatasetError(
            f'less than {FREE_BYTES >> 20} MB left for {folder}: free some disk and run the same '
            'command again: finished episodes are kept'
        )
    episode = collector.play(seed)
    save_episode(episode, folder / f'episode_{seed:08d}.npz')
    return len(episode.actions)


def _missing_seeds(first: int, folder: Path) -> Iterator[int]:
    """Count up from the first seed, leaving out finished episodes."""
    seed = first
    while True:
        if not (folder / f'episode_{seed:08d}.npz').exists():
            yield seed
        seed += 1


def _check_manifest(config: PlayConfig, folder: Path) -> None:
    """Write `dataset.json`, or compare it with this run.

    A setting that is newer than the folder must have its default.

    Raises:
        DatasetError: If the folder was made with other settings.
    """
    path = folder / MANIFEST
    same = replace(
        config, collect=replace(config.collect, actions=1, workers=1),
        action=make(config.action, config.scene).config,
    )
    wanted = json.loads(json.dumps({'version': version(), **asdict(same)}))
    if not path.exists():
        write_atomically(path, json.dumps(wanted, indent=2) + '\n')
    elif others := differences(_completed(json.loads(path.read_text()), config.scene), wanted):
        raise DatasetError(
            f'{folder} was made with other settings ({named(others)}): choose another --out'
        )


def _completed(kept: dict[str, Any], scene: SceneConfig) -> dict[str, Any]:
    """Add the defaults of the settings that a manifest does not know."""
    kept = with_action(kept)
    action = make(ActionConfig(**kept.get('action', {})), scene).config
    usual: dict[str, Any] = json.loads(json.dumps(asdict(PlayConfig(action=action))))
    return {**kept, 'action': usual.pop('action'), **{
        part: {**value, **kept.get(part, {})} if isinstance(value, dict) else kept.get(part, value)
        for part, value in usual.items()
    }}
