"""`foresight train`: learn the world model and its cost head from collected play."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from foresight.cli.output import JsonOption, quiet_stdout, write_json
from foresight.data.bags.folder import find_bags
from foresight.data.manifest import collected_scene
from foresight.data.transitions import (
    Transitions,
    build_transitions,
    join,
    load_transitions,
    save_transitions,
)
from foresight.errors import DatasetError
from foresight.learning.loop import Result
from foresight.learning.probes.world_model import ProbeScores
from foresight.learning.settings import TrainConfig
from foresight.learning.trainer import Trainer
from foresight.world_model.checkpoint import CheckpointConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier
from foresight.world_model.predictors.task import PredictorConfig

DataOption = Annotated[
    Path, typer.Option(help='Folder of episodes that `collect` wrote, or of bags.'),
]
FoldersOption = Annotated[
    list[Path] | None, typer.Option(
        '--data', help='Folder of episodes that `collect` wrote, or of bags; data/play; say it '
        'again to learn from several.',
    ),
]
OutOption = Annotated[Path, typer.Option(help='Folder of the checkpoint; run again to go on.')]
ARROWS = {
    'prediction_ratio': 'prediction error over "nothing moves" (lower is better)',
    'prediction_ratio_changed': 'the same where the image changed (lower is better)',
    'occupancy_r2': 'occupancy that a linear probe explains (higher is better)',
    'ranking_accuracy': 'pairs of pushes ordered as they turned out (higher is better)',
    'inverse_skill': 'pushes that inverse dynamics explains (higher is better)',
}


def train(
    train: TrainConfig,
    encoder: EncoderConfig,
    predictor: PredictorConfig,
    data: FoldersOption = None,
    out: OutOption = Path('runs/train'),
    json: JsonOption = None,
) -> None:
    """Train the world model and its cost head."""
    with quiet_stdout(json):
        console = Console(stderr=True)
        folders = data or [Path('data/play')]
        config = CheckpointConfig(
            encoder=encoder, predictor=predictor, scene=collected_scene(folders[0]),
        )
        transitions = join([cached_transitions(folder, config) for folder in folders])
        console.print(f'{len(transitions)} pushes of {len(transitions.background)} episodes')
        trainer = Trainer(transitions, out, config, train, console)
        if trainer.step:
            console.print(f'going on after step {trainer.step} of {trainer.steps}')
        result = trainer.run()
    if json is None:
        console.print(_table(result))
        console.print(f'checkpoint: {result.folder}')
    scores = result.scores.known()
    write_json({**scores, 'steps': result.steps, 'folder': str(result.folder)}, json)


def cached_transitions(data: Path, config: CheckpointConfig) -> Transitions:
    """Rectify the episodes once; later runs map the result into memory.

    Raises:
        DatasetError: If there are neither episodes nor bags, one is damaged, or they are of
            another table.
    """
    if collected_scene(data) != config.scene:
        raise DatasetError(
            f'{data} was collected at another table: give --data of the same site, or train there'
        )
    encoder, count = config.encoder, len(list(data.glob('episode_*.npz')))
    if count == 0 and find_bags(data):
        from foresight.data.bags.importing import kept_transitions  # needs the extra `ros`

        return kept_transitions(data, config.scene, encoder)
    cache = data / f'transitions_{encoder.rows}x{encoder.columns}_{count}'
    if not (cache / 'digest.json').exists():
        rectifier = Rectifier(config.scene, encoder)
        save_transitions(build_transitions(data, rectifier.rectify, rectifier.project), cache)
    return load_transitions(cache)


def _table(result: Result[ProbeScores]) -> Table:
    """Show the held-out scores."""
    table = Table('score', 'value', 'meaning', title=f'{result.scores.pushes} held-out pushes')
    for name, value in result.scores.known().items():
        table.add_row(name, f'{value:.3f}', ARROWS.get(name, ''))
    return table
