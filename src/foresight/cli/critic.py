"""`foresight critic`: learn what the rest of a task costs, on a frozen world model."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from foresight.cli.output import JsonOption, quiet_stdout, write_json
from foresight.cli.train import DataOption, cached_transitions
from foresight.files import find_model
from foresight.learning.learners.critic import CriticLearner, Sweep
from foresight.learning.settings import CriticConfig
from foresight.robots.arm import ArmModel
from foresight.settings import CLEAR_TABLE, SHIPPED
from foresight.tasks.task_file import load_task
from foresight.world_model.checkpoint import load, write

TaskOption = Annotated[str, typer.Option(help='Task whose cost it looks ahead at.')]
CheckpointOption = Annotated[Path, typer.Option(help='Folder of the world model; not changed.')]
OutOption = Annotated[Path, typer.Option(help='Folder of the checkpoint with the critic.')]


def critic(
    critic: CriticConfig,
    task: TaskOption = CLEAR_TABLE,
    checkpoint: CheckpointOption = SHIPPED,
    data: DataOption = Path('data/play'),
    out: OutOption = Path('runs/critic'),
    json: JsonOption = None,
) -> None:
    """Learn the expected remaining cost from play, by planning in the world model."""
    with quiet_stdout(json):
        console = Console(stderr=True)
        torch.set_num_threads(critic.threads)
        before = load(find_model(checkpoint))
        play = cached_transitions(data, before.config)
        learner = CriticLearner(play, before, ArmModel.load(), load_task(task), critic)
        with Progress(console=console) as progress:
            sweeps = [_sweep(learner, index, critic, progress) for index in range(critic.sweeps)]
        last = sweeps[-1]
        known = learner.checkpoint.config
        scores = {**known.scores, 'critic_r2': last.r2, 'critic_mean': last.mean}
        write(replace(learner.checkpoint, config=replace(known, scores=scores)), out)
    if json is None:
        console.print(_table(sweeps))
        console.print(f'checkpoint: {out}')
    write_json({'sweeps': [vars(item) for item in sweeps], 'folder': str(out)}, json)


def _sweep(
    learner: CriticLearner, index: int, config: CriticConfig, progress: Progress,
) -> Sweep:
    """Run one sweep under a progress bar."""
    bar = progress.add_task(f'sweep {index + 1} of {config.sweeps}', total=config.states)
    return learner.sweep(index, lambda: progress.advance(bar))


def _table(sweeps: list[Sweep]) -> Table:
    """Show how the value grew."""
    table = Table('pushes ahead', 'mean cost', 'explained (held out)')
    for item in sweeps:
        table.add_row(str(item.index), f'{item.mean:.2f}', f'{item.r2:.3f}')
    return table
