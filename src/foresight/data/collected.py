"""What was collected into a folder, of episodes or of bags: its table and its actions."""

import json
from pathlib import Path

import numpy as np
from jaxtyping import Float

from foresight.data.bags.folder import find_bags
from foresight.data.episodes import Episode
from foresight.data.transitions import (
    Transitions,
    build_transitions,
    load_transitions,
    save_transitions,
)
from foresight.errors import ConfigError, DatasetError
from foresight.macro_action import MacroAction
from foresight.settings import SceneConfig, changed
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier
from foresight.world_model.scene_map import draw_scene

MANIFEST = 'dataset.json'


def collected_scene(folder: Path) -> SceneConfig:
    """Return the table that the episodes of a folder were collected at.

    A folder without a manifest, as one of bags, is of the usual table.

    Raises:
        DatasetError: If the manifest is damaged.
    """
    path = folder / MANIFEST
    if not path.exists():
        return SceneConfig()
    try:
        return changed(SceneConfig(), json.loads(path.read_text())['scene'], 'scene')
    except (ValueError, KeyError, TypeError, ConfigError) as error:
        raise DatasetError(f'{path} is damaged ({error}): collect into another folder') from error


def collected(folder: Path, action: MacroAction, encoder: EncoderConfig) -> Transitions:
    """Return the actions of a folder, rectified once to one size and mapped into memory.

    Raises:
        DatasetError: If there are neither episodes nor bags, one is damaged, or they were seen
            in another view.
    """
    scene, usual = action.scene, collected_scene(folder)
    if (usual.view_x, usual.view_y) != (scene.view_x, scene.view_y):
        raise DatasetError(f'{folder} was collected with another view: give --data of this one')
    count = len(list(folder.glob('episode_*.npz')))
    if count == 0 and find_bags(folder):
        from foresight.data.bags.importing import kept_transitions  # needs the extra `ros`

        return kept_transitions(folder, action, encoder)
    cache = folder / f'seen_{encoder.rows}x{encoder.columns}x{encoder.stride}_{count}'
    if not (cache / 'digest.json').exists():
        rectifier = Rectifier(scene, encoder)

        def draw(episode: Episode) -> Float[np.ndarray, '2 height width']:
            return draw_scene(episode.scene or usual, encoder.grid).numpy()

        save_transitions(
            build_transitions(folder, rectifier.rectify, rectifier.project, draw), cache,
        )
    return load_transitions(cache)
