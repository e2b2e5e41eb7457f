"""Inventory: what a folder of episodes or of bags holds."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foresight.actions.kinds import make
from foresight.arrays import reading
from foresight.data.bags.folder import find_bags
from foresight.data.collected import MANIFEST, collected_scene
from foresight.data.episodes import WHOLE, meta_of
from foresight.data.robot_time import robot_time
from foresight.errors import DatasetError, FileError
from foresight.files import share
from foresight.macro_action import ActionConfig
from foresight.reading import damaged, read_json
from foresight.robots.robot_file import RobotConfig
from foresight.settings import SceneConfig
from foresight.sim.site import USUAL, load_site


@dataclass(frozen=True)
class Inventory:
    """What a folder holds.

    Attributes:
        kind: `episodes` or `bags`.
        count: How many of them.
        actions: Macro-actions that were carried out.
        robot_hours: Time that the robot took for all of it [h].
        site: Name of the site whose table this is, or of the environment; empty if no site of
            the package has it.
        robot: Arm.
        objects: Scenes by their number of objects; empty where nobody knows.
    """

    kind: str
    count: int
    actions: int
    robot_hours: float
    site: str
    robot: str
    objects: dict[int, int]


def inventory(folder: Path) -> Inventory:
    """Look into a folder.

    Raises:
        DatasetError: If it holds neither episodes nor bags, or one is damaged.
        FileError: If there is no such folder.
    """
    if not folder.is_dir():
        raise FileError(f'there is no folder {folder}: give one of episodes or of bags')
    bags = [] if any(folder.glob('episode_*.npz')) else find_bags(folder)
    return _of_bags(folder) if bags else _of_episodes(folder)


def _of_episodes(folder: Path) -> Inventory:
    """Add up episodes."""
    time = robot_time(folder)
    counts: Counter[int] = Counter()
    for path in sorted(folder.glob('episode_*.npz')):
        with reading(path, *WHOLE) as read:
            counts[len(meta_of(read)['objects'])] += 1
    path = folder / MANIFEST
    with damaged(path, 'collect into another folder', DatasetError):
        known: dict[str, Any] = read_json(path) if path.exists() else {}
        environment = str(known.get('environment', {}).get('env', ''))
    return Inventory(
        'episodes', len(time.seconds), int(time.actions.sum()),
        round(float(time.seconds.sum()) / 3600.0, 4),
        environment or site_of(collected_scene(folder)),
        str(known.get('robot', RobotConfig.robot)), dict(sorted(counts.items())),
    )


def _of_bags(folder: Path) -> Inventory:
    """Add up bags, as an import with the usual settings finds them."""
    from foresight.data.bags.actions import BagConfig
    from foresight.data.bags.importing import BagImport  # needs the extra `ros`
    from foresight.data.bags.summary import totals
    from foresight.world_model.encoder import EncoderConfig

    robot, action = RobotConfig(), make(ActionConfig(), SceneConfig())
    reader = BagImport(SceneConfig(), EncoderConfig(), robot, BagConfig(), action)
    found = totals([reader.summary(bag) for bag in reader.read(folder)])
    return Inventory(
        'bags', found['bags'], found['actions'], found['robot_hours'], USUAL.name,
        Path(robot.robot).stem, {},
    )


def site_of(scene: SceneConfig) -> str:
    """Return the name of the site of the package that has this table; empty if none has."""
    names = sorted(path.stem for path in share('config/sites').glob('*.yaml'))
    sites = [USUAL, *map(load_site, names)]
    return next((site.name for site in sites if site.scene == scene), '')
