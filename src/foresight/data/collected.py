"""What was collected into a folder, of episodes or of bags: its table and its actions."""

import json
from pathlib import Path

from foresight.data.bags.folder import find_bags
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
        DatasetError: If there are neither episodes nor bags, one is damaged, or they are of
            another table.
    """
    scene = action.scene
    if collected_scene(folder) != scene:
        raise DatasetError(
            f'{folder} was collected at another table: give --data of the same site, or train '
            'there'
        )
    count = len(list(folder.glob('episode_*.npz')))
    if count == 0 and find_bags(folder):
        from foresight.data.bags.importing import kept_transitions  # needs the extra `ros`

        return kept_transitions(folder, action, encoder)
    cache = folder / f'transitions_{encoder.rows}x{encoder.columns}_{count}'
    if not (cache / 'digest.json').exists():
        rectifier = Rectifier(scene, encoder)
        save_transitions(build_transitions(folder, rectifier.rectify, rectifier.project), cache)
    return load_transitions(cache)
