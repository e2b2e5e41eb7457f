"""From a run to the pages of its film: at each instant what to show and what to say."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from foresight.tasks.clear_table.score import CLEARED
from foresight.viz.demo_result import DemoResult, Frame, Picture
from foresight.viz.film.futures import Futures
from foresight.viz.film.layout import Page, note_of
from foresight.viz.film.replay import Moment, moment
from foresight.viz.film.table import TablePainter
from foresight.viz.film.timeline import Beat, Instant, timeline

WORDS = {
    Beat.CHOOSE: 'The one it likes', Beat.ACT: 'What it does', Beat.RESULT: 'What happened',
}
AHEAD = 1.4  # candidates are all there before the arm decides


@dataclass(frozen=True)
class Take:
    """One moment, and all pages of the film that show it."""

    moment: Moment
    pages: tuple[Page, ...]


def takes(result: DemoResult, futures: Sequence[Futures | None]) -> Iterator[Take]:
    """Yield the film of a run in order.

    Args:
        result: What happened.
        futures: What each of its actions was chosen from.
    """
    for stamp, instants in groupby(timeline(result), lambda instant: instant.stamp):
        pages = tuple(_page(result, futures, instant) for instant in instants)
        yield Take(moment(result.motion, stamp), pages)


def _page(result: DemoResult, futures: Sequence[Futures | None], instant: Instant) -> Page:
    """Say what one picture shows."""
    part, count = instant.part, len(result.actions)
    decided = result.actions[part.action].stamp if part.action >= 0 else instant.stamp
    known = futures[part.action] if part.action >= 0 else None
    return Page(
        beat=part.beat, share=instant.share,
        step=f'Decision {part.action + 1} of {count}' if part.action >= 0 else '',
        words=_words(result, known, part.beat), camera=at(result.frames, instant.stamp),
        before=at(result.rectified, decided), now=at(result.rectified, instant.stamp),
        futures=known, note=note_of(result.seed),
    )


def _words(result: DemoResult, futures: Futures | None, beat: Beat) -> str:
    """Say it in plain words."""
    if beat is Beat.END:
        done, where = (
            ('The table is clear', 'in the bin') if result.asked == CLEARED.about
            else ('All is as asked', 'as asked')
        )
        return done if result.success else f'{result.cleared} of {result.objects} are {where}'
    if beat is not Beat.THINK:
        return WORDS[beat]
    if futures is None:
        return 'It decides'
    if not futures.imagined:
        return 'It goes on with its plan'
    return f'It imagines {futures.imagined} futures'


def at(frames: Sequence[Frame], stamp: float) -> Picture:
    """Return the newest image that is not younger than a stamp."""
    index = bisect_right([frame.stamp for frame in frames], stamp + 1e-6) - 1
    return frames[max(index, 0)].image


def paint(painter: TablePainter, picture: Picture, page: Page) -> None:
    """Paint on the table of the big picture what belongs to a page."""
    futures, eased = page.futures, page.share * page.share * (3.0 - 2.0 * page.share)
    if futures is None or page.beat is Beat.END:
        return
    chosen = futures.futures[futures.chosen]
    if page.beat is Beat.THINK:
        count = int(np.ceil(page.share * AHEAD * len(futures.candidates)))
        painter.ways(picture, futures.candidates[:count], 0.85)
        return
    grown = eased if page.beat is Beat.CHOOSE else 1.0
    painter.glow(picture, chosen.heat, grown)
    if page.beat is Beat.CHOOSE:
        painter.ways(picture, futures.candidates, 0.85 * (1.0 - eased))
    if page.beat is not Beat.RESULT:
        painter.chosen(picture, chosen.outline, grown)
