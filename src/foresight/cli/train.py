"""`foresight train`: learn the world model, the critic or the video predictor."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from foresight.actions.loading import action_of, load
from foresight.cli.flags import Shown
from foresight.cli.output import CheckpointOption, JsonOption, quiet_stdout, show
from foresight.data.collected import collected, fitting
from foresight.data.transitions import join
from foresight.errors import ConfigError
from foresight.experiments.document import write_json
from foresight.files import alone
from foresight.learning.fine_tuning import kept_config, known_to, tuned
from foresight.learning.learners.critic import CriticLearner, Sweep
from foresight.learning.learners.video import VideoLearner
from foresight.learning.learners.world_model import WorldModelLearner
from foresight.learning.loop import Loop
from foresight.learning.settings import CriticConfig, TrainConfig, VideoTrainConfig
from foresight.progress import bars
from foresight.robots.arm import ArmModel
from foresight.settings import BY_COST_HEAD, SHIPPED
from foresight.sim.settings import ClipsConfig
from foresight.tasks.task_file import load_task
from foresight.world_model.checkpoint import CheckpointConfig, VideoCheckpointConfig, write
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.lineage import Learned, Lineage, fingerprint, write_lineage
from foresight.world_model.predictors.task import PredictorConfig
from foresight.world_model.predictors.video import VIDEO_ENCODER, VideoConfig

USUAL = (
    'epochs', 'steps', 'batch', 'learning_rate', 'pretrained', 'frozen', 'replay_share', 'seed',
    'threads', 'device',
    'labels', 'sweeps', 'states', 'scenes', 'clips', 'workers',
)
"""Settings that most users set."""
ARCHITECTURE = Shown(('width', 'blocks'))
PLAY = Path('data/play')
DataOption = Annotated[Path, typer.Option(
    help='Folder of episodes that `data collect` wrote, or of bags.',
)]
FoldersOption = Annotated[list[Path] | None, typer.Option(
    '--data', help=f'Folder of episodes that `data collect` wrote, or of bags; {PLAY}; say it '
    'again to learn from several.',
)]
ReplayOption = Annotated[list[Path] | None, typer.Option(
    '--replay', help='Folder of old episodes or bags that --from shall not forget; say it again '
    'for several.',
)]
GOING_ON = TrainConfig(frozen=True, distil=0.2)
"""How a run goes on from a checkpoint; one from random weights keeps neither."""
ENCODER, PREDICTOR = EncoderConfig(), PredictorConfig()
OutOption = Annotated[Path, typer.Option(help='Folder of the checkpoint; run again to go on.')]


def world_model(
    train: Annotated[TrainConfig, Shown(USUAL)] = GOING_ON,
    encoder: Annotated[EncoderConfig, ARCHITECTURE] = ENCODER,
    predictor: Annotated[PredictorConfig, ARCHITECTURE] = PREDICTOR,
    data: FoldersOption = None, replay: ReplayOption = None, out: OutOption = Path('runs/train'),
    json: JsonOption = None,
) -> None:
    """Train the world model and its cost head, or let those of a checkpoint learn on."""
    with quiet_stdout(json), alone(out):
        console = Console(stderr=True)
        folders = data or [PLAY]
        asked = CheckpointConfig(encoder=encoder, predictor=predictor)
        if train.pretrained:
            learner, lineage = going_on(asked, train, folders, replay or [], console)
        else:
            learner, lineage = from_nothing(asked, train, folders, replay), None
        scores = Loop(learner, out, console).run()
        if lineage is not None:
            write_lineage(out, lineage)
    show({**scores.known(), 'steps': learner.steps, 'folder': str(out)}, json)


def from_nothing(
    asked: CheckpointConfig, train: TrainConfig, folders: list[Path], replay: list[Path] | None,
) -> WorldModelLearner:
    """Return what learns from random weights.

    Raises:
        ConfigError: If there is replay.
    """
    if replay:
        raise ConfigError('--replay is against forgetting: give --from too, or call it --data')
    config = fitting(folders[0], asked)
    action = action_of(config)
    transitions = join([collected(folder, action, config.encoder) for folder in folders])
    return WorldModelLearner(transitions, config, replace(train, frozen=False, distil=0.0))


def going_on(
    asked: CheckpointConfig, train: TrainConfig, folders: list[Path], replay: list[Path],
    console: Console,
) -> tuple[WorldModelLearner, Lineage]:
    """Return what goes on from a checkpoint, and its lineage."""
    before = load(train.pretrained, 'cpu')
    config = kept_config(before, asked.encoder, asked.predictor)
    parts, old = (
        [known_to(before, folder) for folder in places] for places in (folders, replay)
    )
    new = join(parts)
    former = tuned(before, train, new, old)
    for remark in former.remarks:
        console.print(remark, highlight=False)
    config = replace(config, critic=former.checkpoint.config.critic)
    learned = (
        Learned(str(folder), part.digest, len(part), number >= len(parts))
        for number, (folder, part) in enumerate(zip((*folders, *replay), (*parts, *old)))
    )
    lineage = Lineage(
        fingerprint(before.folder), str(before.folder), tuple(learned), new.digest, train.holdout,
    )
    return WorldModelLearner(new, config, former.train, old, former.checkpoint), lineage


def critic(
    critic: Annotated[CriticConfig, Shown(USUAL)],
    task: Annotated[str, typer.Option(help='Task whose cost it looks ahead at.')] = BY_COST_HEAD,
    checkpoint: CheckpointOption = SHIPPED,
    data: DataOption = PLAY, out: OutOption = Path('runs/critic'), json: JsonOption = None,
) -> None:
    """Learn the expected remaining cost from play, by planning in the world model."""
    with quiet_stdout(json), alone(out):
        console = Console(stderr=True)
        torch.set_num_threads(critic.threads)
        before = load(checkpoint)
        play = collected(data, before.action, before.config.encoder)
        learner = CriticLearner(play, before, ArmModel.load(), load_task(task), critic)
        with bars(console) as progress:
            sweeps = [_sweep(learner, index, critic, progress) for index in range(critic.sweeps)]
        last = sweeps[-1]
        known = learner.checkpoint.config
        scores = {**known.scores, 'critic_r2': last.r2, 'critic_mean': last.mean}
        write(replace(learner.checkpoint, config=replace(known, scores=scores)), out)
    if json is None:
        console.print(_table(sweeps))
        console.print(f'checkpoint: {out}')
    write_json({'sweeps': [vars(item) for item in sweeps], 'folder': str(out)}, json)


def video(
    train: Annotated[VideoTrainConfig, Shown(USUAL)],
    video: Annotated[VideoConfig, ARCHITECTURE],
    clips: Annotated[ClipsConfig, Shown(USUAL)],
    encoder: Annotated[EncoderConfig, ARCHITECTURE] = VIDEO_ENCODER,
    data: DataOption = PLAY, out: OutOption = Path('runs/video'), json: JsonOption = None,
) -> None:
    """Learn to predict video, without actions, from possible motions alone."""
    from foresight.rollout.clips import SECONDS_A_CLIP, scenes_of, training_clips  # needs `sim`

    with quiet_stdout(json), alone(out):
        console = Console(stderr=True)
        config = VideoCheckpointConfig(encoder=encoder, video=video)
        with bars(console) as progress:
            bar = progress.add_task('making clips', total=scenes_of(clips), rate='')
            watched = training_clips(
                clips, encoder, video, data, lambda made: progress.update(bar, completed=made),
            )
        hours = len(watched) * SECONDS_A_CLIP / 3600.0
        console.print(f'{len(watched)} clips, {hours:.2f} h of video')
        scores = Loop(VideoLearner(watched, config, train), out, console).run()
    show({**scores.known(), 'steps': train.steps, 'folder': str(out)}, json)


def _sweep(learner: CriticLearner, index: int, config: CriticConfig, progress: Progress) -> Sweep:
    bar = progress.add_task(f'sweep {index + 1} of {config.sweeps}', total=config.states, rate='')
    return learner.sweep(index, lambda: progress.advance(bar))


def _table(sweeps: list[Sweep]) -> Table:
    table = Table('looking ahead', 'mean cost', 'explained (held out)')
    for item in sweeps:
        table.add_row(str(item.index), f'{item.mean:.2f}', f'{item.r2:.3f}')
    return table
