"""What bags hold, in numbers and words: what can be used of them, and why the rest cannot."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from foresight.data.bags.actions import BagActions, BagConfig
from foresight.data.bags.recording import Recording


@dataclass(frozen=True)
class BagSummary:
    """What one bag holds: what can be used of it, and how much cannot, by reason.

    Clips are stretches of video without a gap; `remarks` say what to do better next time.
    """

    bag: str
    seconds: float
    images: int
    actions: int
    dropped: Counter[str]
    left_out: Counter[str]
    clips: int
    clip_seconds: float
    remarks: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What can be used, in a line."""
        return (f'{self.actions} actions, {self.images} images, {self.clips} clips of '
                f'{self.clip_seconds:.0f} s')


def summarise(bag: BagActions, config: BagConfig) -> BagSummary:
    """Say what one bag holds."""
    recording = bag.recording
    clips = stretches(recording, config.gap)
    return BagSummary(
        str(recording.name), recording.seconds, len(recording.stamps), len(bag.actions),
        bag.dropped, recording.left_out, len(clips), sum(clips),
        tuple(remarks(recording, config)),
    )


def totals(summaries: Sequence[BagSummary]) -> dict[str, Any]:
    """Add up some bags."""
    dropped: Counter[str] = sum((item.dropped for item in summaries), Counter())
    left_out: Counter[str] = sum((item.left_out for item in summaries), Counter())
    return {
        'bags': len(summaries), 'actions': sum(item.actions for item in summaries),
        'dropped': dict(dropped), 'images': sum(item.images for item in summaries),
        'left_out': dict(left_out), 'clips': sum(item.clips for item in summaries),
        'hours_of_video': round(sum(item.clip_seconds for item in summaries) / 3600.0, 4),
        'robot_hours': round(sum(item.seconds for item in summaries) / 3600.0, 4),
    }


def stretches(recording: Recording, gap: float) -> list[float]:
    """Return the time of every stretch of images of one camera and one empty table [s].

    A time longer than `gap` [s] without an image ends a stretch.
    """
    steps = np.diff(recording.stamps)
    changed = [
        recording.views[place] is not recording.views[place - 1]
        or recording.empty[place] != recording.empty[place - 1]
        for place in range(1, len(recording.stamps))
    ]
    ends = np.flatnonzero((steps > gap) | (steps <= 0.0) | np.array(changed, bool)) + 1
    parts = np.split(recording.stamps, ends)
    return [float(part[-1] - part[0]) for part in parts if len(part) > 1]


def remarks(recording: Recording, config: BagConfig) -> Iterator[str]:
    """Say what is wrong with a bag as a whole."""
    yield from recording.remarks
    if len(recording.stamps) > 1:
        usual = float(np.median(np.diff(recording.stamps)))
        if usual > config.gap:
            yield (f'images come slower than gap ({usual:.2f} s > {config.gap:.2f} s): nothing to '
                   'watch; raise the rate of the camera, or --gap')
    if abs(recording.lag) > config.apart:
        than = 'older' if recording.lag > 0.0 else 'newer'
        yield (f'image stamps are {abs(recording.lag):.2f} s {than} than those of the joint '
               'states recorded with them: set the clocks of camera and robot alike')
