"""Notices free views that are not what they should be, after a macro-action and in between."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from foresight.errors import CheckpointError
from foresight.world_model.belief.surprise import Surprise, SurpriseReading, load_scales
from foresight.world_model.belief.vigilance import Vigilance, VigilanceConfig
from foresight.world_model.checkpoint import Checkpoint

WIDESPREAD = 'the whole view changed: put camera and light back, or clear the table, capture '\
    'the background and clear the memory'


@dataclass(frozen=True)
class Imagined:
    """What a macro-action should lead to.

    Attributes:
        action: Its numbers.
        latent: Latent imagined after it.
        since: When it was announced [s].
    """

    action: Tensor
    latent: Tensor
    since: float


@dataclass(frozen=True)
class Judgement:
    """What is made of a free view.

    Attributes:
        reading: How surprising it is; None if there is nothing to say.
        unusable: Why the view cannot be trusted; empty if it can.
    """

    reading: SurpriseReading | None = None
    unusable: str = ''


class SurpriseMonitor:
    """Compares every free view with what should be seen.

    A checkpoint without scales has only the first view after each macro-action compared, on the
    scale that training left. There is one reading a macro-action and, between them, one for every
    view that surprises and for the first that does so no more.

    Attributes:
        uncalibrated: Why only the views after macro-actions are judged; empty if all are.
    """

    def __init__(self, checkpoint: Checkpoint, config: VigilanceConfig) -> None:
        """Read the scales of a checkpoint, or fall back to what training left."""
        model, known = checkpoint.model, checkpoint.config
        self._compare = Surprise(model.raster, known.normalisation.get('surprise', 1.0))
        self._limit, self.uncalibrated = config.widespread, ''
        self._vigilance: Vigilance | None = None
        try:
            scales = load_scales(checkpoint)
        except CheckpointError as error:
            self.uncalibrated = f'only actions are judged, not calibrated: {error}'
        else:
            self._vigilance = Vigilance(model.raster.scene_map, scales, config.widespread)
        self.forget()

    def forget(self) -> None:
        """Forget what was seen and imagined."""
        self._imagined: Imagined | None = None
        self._alarmed = False
        if self._vigilance is not None:
            self._vigilance.forget()

    def expect(self, action: Tensor, before: Tensor, predicted: Tensor, now: float) -> None:
        """Expect `predicted` after a macro-action that is announced at time `now` [s]."""
        self._imagined = Imagined(action, predicted, now)
        if self._vigilance is not None:
            self._vigilance.expect(before, predicted)

    def look(self, latent: Tensor, was_away_since: Callable[[float], bool]) -> Judgement:
        """Judge a free view.

        Args:
            latent: Latent of the view.
            was_away_since: Tells whether the arm has left its retract pose since a time [s].
        """
        imagined = self._imagined
        back = imagined is not None and was_away_since(imagined.since)
        if self._vigilance is None:
            if imagined is None or not back:
                return Judgement()
            self._imagined = None
            return Judgement(self._compare(imagined.latent, latent, imagined.action))
        reading = self._vigilance.see(latent, back)
        if reading is None:
            return Judgement()
        alarm, news = reading.level > 1.0, back or self._alarmed
        if not self._vigilance.expecting:
            self._imagined = None
        self._alarmed = alarm
        widespread = alarm and reading.spread >= self._limit
        return Judgement(reading if alarm or news else None, WIDESPREAD if widespread else '')
