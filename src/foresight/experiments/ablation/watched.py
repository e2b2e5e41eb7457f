"""Encoders that have watched, as the ablation needs them: one a seed, made once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from foresight.learning.batches.video_sources import watched_footage
from foresight.learning.onlooker_trainer import OnlookerTrainer
from foresight.settings import WatchConfig
from foresight.world_model.onlooker_checkpoint import OnlookerCheckpointConfig


@dataclass(frozen=True)
class WatchedEncoders:
    """Makes encoders that have watched the video of collected play.

    Attributes:
        data: Folder of the episodes.
        kept: Folder where the rectified video is kept.
        steps: Optimiser steps.
        threads: Torch threads.
    """

    data: Path
    kept: Path
    steps: int
    threads: int

    def __call__(self, folder: Path, seed: int) -> Mapping[str, Any]:
        """Let the encoder of a seed watch into a folder, or go on; say what it saw.

        Raises:
            CheckpointError: If the folder holds a run with other settings or video.
            CollapseError: If its latents collapse.
        """
        console = Console(stderr=True)
        watch = WatchConfig(steps=self.steps, threads=self.threads, seed=seed)
        config = OnlookerCheckpointConfig(watch=watch)
        footage = watched_footage(self.data, self.kept, config, console)
        trainer = OnlookerTrainer(footage, folder, config, console)
        result = trainer.run()
        scores = {name: round(value, 4) for name, value in result.scores.known().items()}
        return {'hours': trainer.hours, 'steps': result.steps, 'scores': scores}
