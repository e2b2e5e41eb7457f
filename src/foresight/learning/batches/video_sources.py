"""Video to watch: collected play or bags, rectified once, the arm painted over, and kept."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.console import Console

from foresight.data.bags.folder import find_bags
from foresight.data.bags.pushes import BagConfig
from foresight.data.episodes import load_episode
from foresight.data.footage import (
    Footage,
    Video,
    load_footage,
    make_footage,
    save_footage,
    video_of_play,
)
from foresight.errors import DatasetError
from foresight.learning.batches.pushes import held_out
from foresight.robots.arm import ArmModel, RobotConfig
from foresight.robots.shape import ArmShape
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.occlusion import ArmOcclusion
from foresight.world_model.observation.rectification import Rectifier
from foresight.world_model.onlooker_checkpoint import OnlookerCheckpointConfig


def watched_footage(
    data: Path, kept: Path, config: OnlookerCheckpointConfig, console: Console,
) -> Footage:
    """Return the video of a folder, as it was kept, or gather it now.

    Episodes that training holds out (`TrainConfig.holdout`) are not watched either.

    Args:
        data: Folder of collected play or of bags.
        kept: Folder where the rectified video is kept.
        config: What watches.
        console: Where is said that it takes a moment.

    Raises:
        DatasetError: If there is no video, or something is damaged.
    """
    watch, encoder = config.watch, config.encoder
    paths = sorted(data.glob('episode_*.npz'))
    bags = [] if paths else find_bags(data)
    if not paths and not bags:
        raise DatasetError(f'{data} holds neither episodes nor bags to watch')
    name = (
        f'footage_{encoder.rows}x{encoder.columns}_{encoder.stride}_{watch.period}s_'
        f'{watch.hours}h_{len(paths) or len(bags)}'
    )
    folder = kept / name
    if not (folder / 'footage.json').exists():
        console.print(f'gathering video of {data}: once, it is kept in {folder}')
        videos = (
            _play(paths, config.scene, encoder, watch.holdout) if paths
            else _bags(data, config.scene, encoder)
        )
        most = 3600.0 * watch.hours
        save_footage(make_footage(videos, watch.period, watch.gap, encoder.stride, most), folder)
    return load_footage(folder)


def _play(
    paths: list[Path], scene: SceneConfig, encoder: EncoderConfig, holdout: float,
) -> Iterator[Video]:
    """Open the episodes of collected play that training does not hold out."""
    rectifier = Rectifier(scene, encoder)
    hidden = ArmOcclusion(ArmShape(ArmModel.load()), Rectifier(scene, encoder)).hidden
    apart = set(held_out(len(paths), holdout).tolist())
    for place, path in enumerate(paths):
        episode = load_episode(path)
        if place not in apart and len(episode.frames) and np.isfinite(episode.objects).all():
            yield video_of_play(episode, rectifier.rectify, hidden)


def _bags(data: Path, scene: SceneConfig, encoder: EncoderConfig) -> Iterator[Video]:
    """Open the bags."""
    from foresight.data.bags.importing import BagImport  # needs the extra `ros`

    importer = BagImport(scene, encoder, RobotConfig(), BagConfig())
    yield from importer.videos(importer.read(data))
