"""`foresight calibrate alarm`: what counts as a surprise, from play that nobody disturbs."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from rich.console import Console
from rich.progress import Progress
from torch import Tensor

from foresight.agent.following import SurpriseConfig
from foresight.cli.evaluate import CheckpointFolder, bars, command
from foresight.cli.output import JsonOption, quiet_stdout, write_json
from foresight.errors import ConfigError
from foresight.experiments.statistics import percentile
from foresight.experiments.surprise.alarm import Alarm, UndisturbedPush, find_scales
from foresight.experiments.surprise.players import AIMED, SurprisePlayers
from foresight.files import find_model
from foresight.settings import SHIPPED
from foresight.sim.settings import SimConfig
from foresight.world_model.belief.memory_file import MemoryOwner
from foresight.world_model.belief.surprise_scales import SurpriseScales, save_scales
from foresight.world_model.checkpoint import load

TEST_SEEDS = range(10_000, 20_000)
HOUR = 3600.0
Hours = Annotated[float, typer.Option(min=0.01, help='Robot time to play, simulated [h].')]
Rate = Annotated[float, typer.Option(min=0.01, help='False alarms that may be, an hour.')]
Seed = Annotated[int, typer.Option(min=0, help='First seed; test seeds are refused.')]


def alarm(
    hours: Hours = 1.0,
    false_alarms: Rate = 5.0,
    seed: Seed = 6000,
    checkpoint: CheckpointFolder = SHIPPED,
    json: JsonOption = None,
) -> None:
    """Play aimed pushes that nobody disturbs and measure what counts as a surprise."""
    if seed in TEST_SEEDS:
        raise ConfigError(f'--seed {seed} is for tests: choose one below {TEST_SEEDS.start}')
    torch.set_num_threads(1)
    folder = find_model(checkpoint)
    known = load(folder, 'cpu')
    with quiet_stdout(json), bars(Console(stderr=True)) as progress:
        pushes, played = play(folder, hours, seed, progress)
        shown = known.model.raster.scene_map.sum(dim=0)
        found = find_scales(pushes, played, false_alarms, shown)
        scales = SurpriseScales(
            cell=found.cell, push=found.push, rest=found.cell, false_alarms=false_alarms,
            hours=played, pushes=len(pushes), seed=seed, model=MemoryOwner.of(known).model,
            command=command(),
        )
        save_scales(folder, scales)
        if json is None:
            progress.console.print(described(scales, found))
    write_json({'scales': scales, 'levels': figures(found)}, json)


def play(
    folder: Path, hours: float, seed: int, progress: Progress,
) -> tuple[list[UndisturbedPush], float]:
    """Play until so much robot time has passed; return every push and the time [h]."""
    pushes: list[UndisturbedPush] = []
    players = SurprisePlayers(
        folder, '', SimConfig(), replace(SurpriseConfig(), watch=False), AIMED, scaled=False,
    )

    def keep(*latents: Tensor) -> None:
        pushes.append(UndisturbedPush(*(latent.half().cpu() for latent in latents)))

    bar, seconds = progress.add_task('undisturbed play [s]', total=hours * HOUR, rate=''), 0.0
    with players(keep) as player:
        while seconds < hours * HOUR:
            if seed in TEST_SEEDS:
                raise ConfigError('so much play runs into the test seeds: choose a lower --seed')
            seconds += player.play(seed).seconds
            seed += 1
            done = min(seconds, hours * HOUR)
            progress.update(bar, completed=done, rate=f'{len(pushes)} pushes')
    return pushes, seconds / HOUR


def figures(found: Alarm) -> dict[str, float]:
    """Return how surprising undisturbed pushes are."""
    levels = [level / found.push for level in found.levels]
    return {f'p{share:g}': percentile(levels, share) for share in (50.0, 90.0, 99.0, 100.0)}


def described(scales: SurpriseScales, found: Alarm) -> str:
    """Say what was found."""
    shown: dict[str, Any] = figures(found)
    words = ', '.join(f'{name} {value:.2f}' for name, value in shown.items())
    return (
        f'{scales.pushes} pushes in {scales.hours:.2f} h: a cell differs above {scales.cell:.3f}, '
        f'a push surprises above {scales.push:.3f}; levels of these pushes: {words}'
    )
