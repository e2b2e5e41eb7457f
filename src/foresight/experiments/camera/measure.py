"""Does it clear the table when light, colour, noise or lens are not what they were, empty?"""

from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from foresight.experiments import results
from foresight.experiments.document import Document, closing, interval, table
from foresight.experiments.episodes import SPLITS, counts, play_all
from foresight.experiments.experiment import Experiment, TaskSettings, choose
from foresight.experiments.results import PolicyResult
from foresight.rollout.players import ClearTablePlayers, scenes
from foresight.rollout.policies import PlannerPolicy
from foresight.settings import setting
from foresight.sim.camera_effects import EFFECTS, NONE
from foresight.sim.settings import CameraConfig

HEAD = 'effect', 'success', 'dropped', 'actions'


@dataclass(frozen=True)
class CameraSettings(TaskSettings):
    """What happens to the picture once the empty table was seen."""

    split: str = setting('unseen', 'scenes', choices=tuple(SPLITS))
    effects: str = setting('', 'comma-separated effects of the camera; empty = all')


class Camera(Experiment[CameraSettings, list[PolicyResult]]):
    """Plays the same episodes with every effect of the camera."""

    settings = CameraSettings()

    def measure(self, settings: CameraSettings, console: Console) -> list[PolicyResult]:
        """Play, one bar an effect and split."""
        base = ClearTablePlayers(
            PlannerPolicy.name, settings.task, settings.sim, settings.checkpoint,
            robot=settings.robot,
        )
        rows = (
            (effect, replace(base, sim=scenes(base.sim, part), camera=CameraConfig(effect=effect)))
            for part in SPLITS[settings.split]
            for effect in choose(settings.effects, (NONE, *EFFECTS), '--effects')
        )
        return play_all(rows, settings.seeds, settings.workers, console)

    def document(self, settings: CameraSettings, measured: list[PolicyResult]) -> Document:
        """Return the figures by split and effect."""
        return results.to_document(measured, {
            'task': Path(settings.task).stem, **counts(settings.sim, settings.split),
        })

    def page(self, document: Document) -> str:
        """Return one table a split."""
        lines = [
            '# What a camera may do to pictures', '',
            f'`{document["task"]}`, {document["objects"]} objects, {document["episodes"]} tables '
            f'a row, seeds {document["seed"]} on. The empty table is captured first, then the '
            'effect begins: noise in grey levels, light and colour in percent, JPEG by its '
            'quality, shifts in pixels; `webcam` is a shift, dark corners, less light, another '
            'white balance, noise and JPEG at once. Success with its interval of 95 %.',
        ]
        for split, effects in document['splits'].items():
            lines += ['', f'## {split}', '', *table(HEAD, (
                [name, interval(f, 'success'), f'{f["dropped"]:.2f}', f'{f["actions"]:.1f}']
                for name, f in effects.items()
            ))]
        return '\n'.join([*lines, *closing(document)])


EXPERIMENTS = {'camera': Camera()}
