"""`foresight watch`: pretrain the encoder on video alone, without actions."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from foresight.cli.output import JsonOption, quiet_stdout, write_scores
from foresight.cli.train import DataOption
from foresight.learning.batches.video_sources import watched_footage
from foresight.learning.onlooker_trainer import OnlookerTrainer
from foresight.settings import WatchConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.onlooker_checkpoint import OnlookerCheckpointConfig

OutOption = Annotated[Path, typer.Option(help='Folder of the checkpoint; run again to go on.')]
KeptOption = Annotated[
    Path | None, typer.Option(help='Folder that keeps the rectified video; empty = --data.'),
]


def watch(
    watch: WatchConfig,
    encoder: EncoderConfig,
    data: DataOption = Path('data/play'),
    kept: KeptOption = None,
    out: OutOption = Path('runs/watched'),
    json: JsonOption = None,
) -> None:
    """Pretrain the encoder on video alone; `foresight train --pretrained` goes on from it."""
    with quiet_stdout(json):
        console = Console(stderr=True)
        config = OnlookerCheckpointConfig(encoder=encoder, watch=watch)
        footage = watched_footage(data, kept or data, config, console)
        console.print(f'{footage.seconds / 3600.0:.2f} h of video, {len(footage.frames)} frames')
        trainer = OnlookerTrainer(footage, out, config, console)
        if trainer.step:
            console.print(f'going on after step {trainer.step} of {watch.steps}')
        result = trainer.run()
    about = {'hours': trainer.hours, 'steps': result.steps, 'folder': str(result.folder)}
    write_scores(result.scores.known(), about, console, json)
