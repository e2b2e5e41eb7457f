"""What was collected into a folder, of episodes or of bags: its table and its actions."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float

from foresight.data.bags.folder import find_bags
from foresight.data.environments import described, environment_transitions
from foresight.data.episodes import Episode
from foresight.data.transitions import (
    Transitions,
    build_transitions,
    load_transitions,
    save_transitions,
)
from foresight.errors import DatasetError
from foresight.macro_action import ForeseenAction, MacroAction
from foresight.reading import damaged, read_json
from foresight.settings import SceneConfig, changed
from foresight.world_model.checkpoint import CheckpointConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier
from foresight.world_model.scene_map import draw_scene

MANIFEST = 'dataset.json'


def collected_scene(folder: Path) -> SceneConfig:
    """Return the table that the episodes of a folder were collected at; see `fitting`."""
    return fitting(folder, CheckpointConfig()).scene


def fitting(folder: Path, config: CheckpointConfig) -> CheckpointConfig:
    """Return a configuration for the table, or the environment, that a folder was collected at.

    A folder without a manifest, as one of bags, is of the usual table.

    Raises:
        DatasetError: If the manifest is damaged.
    """
    path = folder / MANIFEST
    if not path.exists():
        return config
    with damaged(path, 'collect into another folder', DatasetError):
        known = read_json(path)
        if 'environment' in known:
            return described(known, config)
        return replace(config, scene=changed(SceneConfig(), known['scene'], 'scene'))


def collected(folder: Path, action: ForeseenAction, encoder: EncoderConfig) -> Transitions:
    """Return the actions of a folder, rectified once to one size and mapped into memory.

    Raises:
        DatasetError: If there are neither episodes nor bags, one is damaged, or they were seen
            in another view or size.
    """
    scene, usual = action.scene, collected_scene(folder)
    if (usual.view_x, usual.view_y) != (scene.view_x, scene.view_y):
        raise DatasetError(f'{folder} was collected with another view: give --data of this one')
    count = len(list(folder.glob('episode_*.npz')))
    if count == 0 and find_bags(folder) and isinstance(action, MacroAction):
        from foresight.data.bags.importing import kept_transitions  # needs the extra `ros`

        return kept_transitions(folder, action, encoder)
    cache = folder / f'seen_{encoder.rows}x{encoder.columns}x{encoder.stride}_{count}'
    if not (cache / 'digest.json').exists():
        at_table = not fitting(folder, CheckpointConfig()).environment
        built = _at_table(folder, scene, usual, encoder) if at_table else \
            environment_transitions(folder, encoder)
        save_transitions(built, cache)
    return load_transitions(cache)


def _at_table(
    folder: Path, scene: SceneConfig, usual: SceneConfig, encoder: EncoderConfig,
) -> Transitions:
    """Rectify what was seen of tables; those whose episode says nothing are the `usual` one."""
    rectifier = Rectifier(scene, encoder)

    def draw(episode: Episode) -> Float[np.ndarray, '2 height width']:
        return draw_scene(episode.scene or usual, encoder.grid).numpy()

    return build_transitions(folder, rectifier.rectify, rectifier.project, draw)
