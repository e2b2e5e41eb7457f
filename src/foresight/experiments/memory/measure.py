"""Object permanence, and planning with the arm in view."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console

from foresight.experiments.document import Document
from foresight.experiments.experiment import Experiment, PlaySettings
from foresight.experiments.memory.page import to_document, to_markdown
from foresight.experiments.memory.players import (
    HIDDEN,
    LOOPS,
    SPOIL,
    MakeMemoryPlayers,
    MemoryPlayers,
)
from foresight.experiments.results import PolicyResult
from foresight.files import find_model
from foresight.progress import bars, counted
from foresight.rollout.workers import Crew
from foresight.settings import setting
from foresight.sim.settings import SimConfig
from foresight.world_model.belief.memory import MemoryConfig

EPISODE_SHARE = 0.5
"""Episodes for each scene of hidden objects: they take longer and there are three kinds."""


@dataclass(frozen=True)
class MemorySettings(PlaySettings):
    """Scenes; half as many episodes are played with the arm in view."""

    split: str = setting('seen', 'objects', choices=('seen', 'unseen'))

    @property
    def loops(self) -> int:
        """Episodes with the arm in view."""
        return max(1, round(EPISODE_SHARE * self.episodes))


class Memory(Experiment[MemorySettings, dict[str, list[Any]]]):
    """Hides objects and looks for them; plays with the arm in view."""

    settings = MemorySettings()
    page = staticmethod(to_markdown)

    def measure(self, settings: MemorySettings, console: Console) -> dict[str, list[Any]]:
        """Measure every kind on its seeds, one bar a kind."""
        config = SimConfig(objects=settings.objects, object_set=settings.split)
        build = MakeMemoryPlayers(
            config, find_model(settings.checkpoint), MemoryConfig(), settings.robot,
        )
        counts = {
            HIDDEN: settings.episodes, SPOIL: settings.episodes,
            **dict.fromkeys(LOOPS, settings.loops),
        }
        with bars(console) as progress, Crew(settings.workers) as crew:
            return {
                name: list(counted(progress, name, crew.run(
                    build, MemoryPlayers.play,
                    [(name, settings.seed + number) for number in range(count)],
                ), count)) for name, count in counts.items()
            }

    def document(self, settings: MemorySettings, measured: dict[str, list[Any]]) -> Document:
        """Return the figures of every kind."""
        loops = {name: PolicyResult(name, settings.split, tuple(measured[name])) for name in LOOPS}
        trials = [trial for of_scene in measured[HIDDEN] for trial in of_scene]
        return to_document(trials, measured[SPOIL], loops, {
            'task': 'memory', 'scenes': settings.episodes, 'episodes': settings.loops,
        })


EXPERIMENTS = {'memory': Memory()}
