"""Play that nobody disturbs, and what counts as a surprise after it."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from rich.console import Console
from torch import Tensor

from foresight.actions.loading import load
from foresight.agent.following import SurpriseConfig
from foresight.errors import ConfigError
from foresight.experiments.document import command
from foresight.experiments.statistics import percentile
from foresight.experiments.surprise.players import SurprisePlayers
from foresight.files import find_model
from foresight.learning.alarm import UndisturbedAction, find_scales
from foresight.progress import bars
from foresight.settings import Checked, setting
from foresight.sim.settings import SimConfig
from foresight.world_model.belief.memory_file import MemoryOwner
from foresight.world_model.belief.surprise import SurpriseScales, save_scales

TEST_SEEDS = range(10_000, 20_000)
HOUR = 3600.0


@dataclass(frozen=True)
class AlarmSettings(Checked):
    """How much play, and how many false alarms may be."""

    hours: float = setting(1.0, 'robot time to play, simulated', 'h', 0.01)
    false_alarms: float = setting(5.0, 'false alarms that may be', '1/h', 0.01)
    seed: int = setting(6000, 'first seed; test seeds are refused', '', 0)

    def __post_init__(self) -> None:
        """Check bounds, and that no test seed is played."""
        super().__post_init__()
        if self.seed in TEST_SEEDS:
            raise ConfigError(
                f'--seed {self.seed} is for tests: choose one below {TEST_SEEDS.start}'
            )


def find_alarm(
    settings: AlarmSettings, checkpoint: Path, console: Console,
) -> tuple[SurpriseScales, dict[str, float]]:
    """Play, keep the scales beside the checkpoint, and return them with levels of the play.

    Raises:
        ConfigError: If so much play runs into the test seeds.
        DatasetError: If so little play says nothing about so rare an alarm.
    """
    torch.set_num_threads(1)
    folder = find_model(checkpoint)
    known = load(folder, 'cpu')
    actions, hours = _play(folder, settings, console)
    shown = known.model.raster.scene_map.sum(dim=0)
    found = find_scales(actions, hours, settings.false_alarms, shown)
    scales = SurpriseScales(
        cell=found.cell, action=found.action, rest=found.cell, false_alarms=settings.false_alarms,
        hours=hours, actions=len(actions), seed=settings.seed, model=MemoryOwner.of(known).model,
        command=command(),
    )
    save_scales(folder, scales)
    levels = [level / found.action for level in found.levels]
    return scales, {
        f'p{share:g}': percentile(levels, share) for share in (50.0, 90.0, 99.0, 100.0)
    }


def _play(
    folder: Path, settings: AlarmSettings, console: Console,
) -> tuple[list[UndisturbedAction], float]:
    """Play until so much robot time has passed; return every action and the time [h]."""
    actions: list[UndisturbedAction] = []
    players = SurprisePlayers(
        folder, SimConfig(), replace(SurpriseConfig(), watch=False), aimed=True, scaled=False,
    )

    def keep(*latents: Tensor) -> None:
        actions.append(UndisturbedAction(*(latent.half().cpu() for latent in latents)))

    wanted, seconds, seed = settings.hours * HOUR, 0.0, settings.seed
    with bars(console) as progress, players(keep) as player:
        bar = progress.add_task('undisturbed play [s]', total=wanted, rate='')
        while seconds < wanted:
            if seed in TEST_SEEDS:
                raise ConfigError('so much play runs into the test seeds: choose a lower --seed')
            seconds += player.play(seed).seconds
            seed += 1
            progress.update(bar, completed=min(seconds, wanted), rate=f'{len(actions)} actions')
    return actions, seconds / HOUR


def described(scales: SurpriseScales, levels: dict[str, float]) -> str:
    """Say what was found."""
    words = ', '.join(f'{name} {value:.2f}' for name, value in levels.items())
    return (
        f'{scales.actions} actions in {scales.hours:.2f} h: a cell differs above '
        f'{scales.cell:.3f}, an action surprises above {scales.action:.3f}; levels of these '
        f'actions: {words}'
    )
