"""`foresight train-video`: learn to predict video from watching alone."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from foresight.cli.counting import counting
from foresight.cli.output import JsonOption, quiet_stdout, write_scores
from foresight.data.clips import Clips, clips_of_play, joined, load_arrays, save_arrays
from foresight.learning.settings import VideoTrainConfig
from foresight.learning.video_trainer import VideoTrainer
from foresight.rollout.clips import possible_clips
from foresight.settings import SceneConfig
from foresight.sim.clips.physics_clips import PhysicsSet
from foresight.sim.clips.quadruple import FRAMES
from foresight.sim.clips.violations import VIOLATIONS
from foresight.world_model.checkpoint import VideoCheckpointConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier
from foresight.world_model.predictors.video import VIDEO_ENCODER, VideoConfig

FIRST_SEED = 100_000
FOLDER = Path('data/physics')

DataOption = Annotated[Path, typer.Option(help='Folder of episodes that `collect` wrote.')]
ClipsOption = Annotated[Path, typer.Option(help='Folder where clips are kept.')]
OutOption = Annotated[Path, typer.Option(help='Folder of the checkpoint; run again to go on.')]
Scenes = Annotated[int, typer.Option(min=1, help='Scenes of each kind of free motion.')]
Falls = Annotated[int, typer.Option(
    min=0, help='More scenes of what slides over an edge: to the floor, or on along a plank.',
)]
PlayClips = Annotated[int, typer.Option(min=0, help='Clips of the arm at play.')]
Workers = Annotated[int, typer.Option(min=1, help='Processes that make clips.')]


def train_video(
    train: VideoTrainConfig,
    video: VideoConfig,
    encoder: EncoderConfig = VIDEO_ENCODER,
    data: DataOption = Path('data/play'),
    clips: ClipsOption = FOLDER,
    out: OutOption = Path('runs/video'),
    scenes: Scenes = 200,
    falls: Falls = 400,
    play_clips: PlayClips = 150,
    workers: Workers = 2,
    json: JsonOption = None,
) -> None:
    """Learn to predict video, without actions, from possible motions alone."""
    with quiet_stdout(json):
        console = Console(stderr=True)
        config = VideoCheckpointConfig(encoder=encoder, video=video)
        watched = watch(config, data, clips, (scenes, falls), play_clips, workers, console)
        console.print(f'{len(watched)} clips, {len(watched) * FRAMES / 36_000:.2f} h of video')
        trainer = VideoTrainer(watched, out, config, train, console)
        if trainer.step:
            console.print(f'going on after step {trainer.step} of {train.steps}')
        result = trainer.run()
    about = {'steps': result.steps, 'folder': str(result.folder)}
    write_scores(result.scores.known(), about, console, json)


def watch(
    config: VideoCheckpointConfig, data: Path, folder: Path, scenes: tuple[int, int],
    play_clips: int, workers: int, console: Console,
) -> Clips:
    """Gather clips of free motion and of play; all are made once and kept.

    Args:
        config: What watches.
        data: Folder of collected play.
        folder: Where clips are kept.
        scenes: Scenes of every kind of free motion, and more of the kind that falls.
        play_clips: Clips of the arm at play.
        workers: Processes that make clips.
        console: Where progress is shown.
    """
    wanted = PhysicsSet(held_out=False, encoder=config.encoder, video=config.video)
    every, falls = scenes
    most = len(VIOLATIONS) * every
    with counting(console, 'making clips', most + falls) as (progress, task):
        def gather(seeds: range, before: int, kind: str = '') -> Clips:
            return possible_clips(
                wanted, folder, seeds, workers,
                lambda made: progress.update(task, completed=before + made), kind,
            )

        parts = [gather(range(FIRST_SEED, FIRST_SEED + every), 0)]
        if falls:
            first = FIRST_SEED + every
            parts.append(gather(range(first, first + falls), most, 'gravity'))
    if play_clips:
        path = folder / f'play_{wanted.name}_{play_clips}.npz'
        if not path.exists():
            rectifier = Rectifier(config.video.scene(SceneConfig()), config.encoder)
            save_arrays(clips_of_play(data, rectifier.rectify, play_clips, FRAMES), path)
        parts.append(load_arrays(Clips, path))
    return joined(parts)
