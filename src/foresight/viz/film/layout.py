"""One picture of a film: the big picture, what is seen and imagined, and a few plain words."""

from dataclasses import dataclass

import cv2
import numpy as np

from foresight.settings import SceneConfig
from foresight.viz.drawing import INK, draw_lines, enlarge, rectified_pixels
from foresight.viz.film.futures import Future, Futures, HeatMap
from foresight.viz.film.look import ACCENT, CANDIDATE, MUTED, PAPER, Picture, put, write
from foresight.viz.film.timeline import FASTER, Beat
from foresight.world_model.encoder import EncoderConfig

TITLE, SUBTITLE = 'Foresight', 'A robot arm that imagines before it moves'
LEFT, TOP = 40, 34
COLUMN, WIDTH = 902, 342  # of what stands on the right
CAMERA = WIDTH, 256
THUMB, GAP, ACROSS = (107, 71), 10, 3
PAIR = 166, 110
FIRST, SECOND, THIRD = 34, 341, 543  # tops of the three blocks
HEADING = 26  # from the top of a block to its pictures
SCALE = 3  # of the rectified view, before it is fitted
FADED = 0.35
AROUND = 0.07  # m, shown around table and bins


@dataclass(frozen=True)
class Page:
    """What one picture shows.

    Attributes:
        beat: What this part of the film is about.
        share: How far it has come, in (0, 1].
        step: Which action, such as `Push 2`; empty if there is none.
        words: The sentence.
        camera: What the camera of the planner sees.
        before: Rectified view at the decision.
        now: Rectified view now.
        futures: What was imagined; None if it is not known.
        note: Small print.
    """

    beat: Beat
    share: float
    step: str
    words: str
    camera: Picture
    before: Picture
    now: Picture
    futures: Futures | None
    note: str


def compose(big: Picture, page: Page, scene: SceneConfig, encoder: EncoderConfig) -> Picture:
    """Lay everything over the big picture."""
    canvas = big.copy()
    write(canvas, (LEFT, TOP), TITLE, 34, bold=True)
    write(canvas, (LEFT, TOP + 46), SUBTITLE, 16, MUTED)
    write(canvas, (LEFT, TOP + 100), page.step, 15, ACCENT, bold=True)
    write(canvas, (LEFT, TOP + 122), page.words, 27, bold=True)
    write(canvas, (COLUMN, FIRST), 'What its camera sees', 16)
    height, width = page.camera.shape[:2]
    write(canvas, (COLUMN + WIDTH, FIRST), f'{width} x {height} pixels', 14, MUTED, right=True)
    put(canvas, page.camera, (COLUMN, FIRST + HEADING), CAMERA)
    if page.futures is not None:
        _imagined(canvas, page, page.futures, scene, encoder)
        _compared(canvas, page, page.futures, scene, encoder)
    write(canvas, (COLUMN, 693), page.note, 13, MUTED)
    return canvas


def _imagined(
    canvas: Picture, page: Page, futures: Futures, scene: SceneConfig, encoder: EncoderConfig,
) -> None:
    """Show the futures of the best candidates; the chosen one has a border."""
    write(canvas, (COLUMN, SECOND), 'What it imagines', 16)
    count = len(futures.futures)
    shown = count if page.beat is not Beat.THINK else int(np.ceil(page.share * 1.4 * count))
    for index, future in enumerate(futures.futures[:shown]):
        row, column = divmod(index, ACROSS)
        place = (COLUMN + column * (THUMB[0] + GAP), SECOND + HEADING + row * (THUMB[1] + GAP))
        likes = page.beat is not Beat.THINK and index == futures.chosen
        drawn = draw_future(page.before, future, scene, encoder, likes)
        faded = page.beat is not Beat.THINK and not likes
        put(canvas, drawn, place, THUMB, INK if likes else None, FADED if faded else 1.0)


def _compared(
    canvas: Picture, page: Page, futures: Futures, scene: SceneConfig, encoder: EncoderConfig,
) -> None:
    """Show the chosen future beside what happened."""
    write(canvas, (COLUMN, THIRD), 'The future it likes', 16)
    right = COLUMN + WIDTH - PAIR[0]
    write(canvas, (right, THIRD), 'What happened', 16)
    blank = np.full((8, 8, 3), PAPER, np.uint8)
    places = (COLUMN, THIRD + HEADING), (right, THIRD + HEADING)
    chosen = draw_future(page.before, futures.futures[futures.chosen], scene, encoder, True)
    thinking = page.beat in (Beat.THINK, Beat.CHOOSE)
    put(canvas, blank if page.beat is Beat.THINK else chosen, places[0], PAIR,
        strength=0.5 if page.beat is Beat.THINK else 1.0)
    put(canvas, blank if thinking else near_table(page.now, scene), places[1], PAIR,
        INK if page.beat is Beat.RESULT else None, 0.5 if thinking else 1.0)


def draw_future(
    view: Picture, future: Future, scene: SceneConfig, encoder: EncoderConfig, likes: bool,
) -> Picture:
    """Draw an imagined future over a pale rectified view."""
    pale = np.round(0.30 * view.mean(axis=-1, keepdims=True) + 0.25 * view + 105.0)
    canvas = enlarge(np.clip(pale, 0, 255).astype(np.uint8), SCALE)
    canvas = lit(canvas, future.heat)
    draw_lines(
        canvas, future.outline.lines,
        lambda points: rectified_pixels(points, scene, encoder, SCALE),
        INK if likes else CANDIDATE, 4,
    )
    return near_table(canvas, scene)


def near_table(view: Picture, scene: SceneConfig) -> Picture:
    """Cut away what is far from table and bins; the shape of the picture stays."""
    spans = [scene.table_x, *(zone.x for zone in scene.zones)]
    ways = [scene.table_y, *(zone.y for zone in scene.zones)]
    tall, wide = (
        (max(high for _, high in both) - min(low for low, _ in both) + 2.0 * AROUND)
        / (view_high - view_low)
        for both, (view_low, view_high) in ((spans, scene.view_x), (ways, scene.view_y))
    )
    share = min(max(tall, wide), 1.0)
    middle = [(min(low for low, _ in both) + max(high for _, high in both)) / 2
              for both in (spans, ways)]
    edges = []
    for length, center, (low, high) in zip(
        view.shape[:2], middle, (scene.view_x, scene.view_y), strict=True,
    ):
        first = (high - center) / (high - low) - share / 2
        start = round(min(max(first, 0.0), 1.0 - share) * length)
        edges.append(slice(start, start + round(share * length)))
    return view[edges[0], edges[1]]


def lit(canvas: Picture, heat: HeatMap) -> Picture:
    """Colour a picture where something is imagined."""
    size = canvas.shape[1], canvas.shape[0]
    spread = cv2.resize(heat.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    share = np.clip(spread, 0.0, 1.0)[..., None]
    return np.asarray(canvas * (1.0 - share) + share * np.array(INK, np.float32), np.uint8)


def note_of(seed: int) -> str:
    """Return the small print."""
    return f'Simulated, seed {seed}. Motion {FASTER:g}x faster.'
