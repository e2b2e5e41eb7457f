"""Actions of a folder, of episodes or of bags: rectified once, then mapped into memory."""

from pathlib import Path

from foresight.data.bags.folder import find_bags
from foresight.data.manifest import collected_scene
from foresight.data.transitions import (
    Transitions,
    build_transitions,
    load_transitions,
    save_transitions,
)
from foresight.errors import DatasetError
from foresight.macro_action import MacroAction
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier


def collected(folder: Path, action: MacroAction, encoder: EncoderConfig) -> Transitions:
    """Return the actions of a folder, as images of one size.

    Args:
        folder: Folder of episodes or of bags.
        action: Macro-action and table that they must be of.
        encoder: Size of the images.

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
