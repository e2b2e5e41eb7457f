"""What a film shows and says."""

from dataclasses import replace

import numpy as np
import torch

from foresight.actions.push.macro_action import PushAction
from foresight.protocols import CameraView
from foresight.settings import SceneConfig
from foresight.viz.demo_result import DemoResult
from foresight.viz.drawing import INK
from foresight.viz.film.futures import Futures, imagine
from foresight.viz.film.layout import CAMERA, COLUMN, FIRST, HEADING, PAIR, THIRD, WIDTH, compose
from foresight.viz.film.pages import Take, paint, takes
from foresight.viz.film.table import TablePainter
from foresight.viz.film.timeline import Beat
from foresight.world_model.encoder import EncoderConfig

BIG = np.full((720, 1280, 3), 220, np.uint8)
SCENE, ENCODER = SceneConfig(), EncoderConfig()
DOWN = np.array([[0, -1, 0, 0.5], [-1, 0, 0, 0.1], [0, 0, -1, 1.25], [0, 0, 0, 1.0]])
VIEW = CameraView(
    np.array([[900.0, 0, 639.5], [0, 900.0, 359.5], [0, 0, 1.0]]), DOWN, 1280, 720,
)


class Still:
    """A world model in which nothing moves."""

    def predict(self, latents: torch.Tensor, actions: torch.Tensor) -> torch.Tensor:
        """Predict."""
        return latents


def imagined(result: DemoResult) -> list[Futures | None]:
    """What both decisions imagined."""
    return [imagine(Still(), PushAction(), action) for action in result.actions]


def shown(result: DemoResult, beat: Beat) -> Take:
    """The first moment that has a page of a beat, with the last such page alone."""
    for take in takes(result, imagined(result)):
        pages = [page for page in take.pages if page.beat is beat]
        if pages:
            return replace(take, pages=(pages[-1],))
    raise AssertionError(beat)


def test_one_moment_is_taken_once_and_all_its_pages_come_in_order(result: DemoResult) -> None:
    all_takes = list(takes(result, imagined(result)))
    beats = [[page.beat for page in take.pages] for take in all_takes]
    assert beats[0][0] is Beat.THINK and beats[0][-1] is Beat.CHOOSE
    between = next(each for each in beats if Beat.RESULT in each and Beat.THINK in each)
    assert between.index(Beat.THINK) > between.index(Beat.RESULT)
    assert sum(map(len, beats)) > len(beats) + 80


def test_the_words_are_plain(result: DemoResult) -> None:
    words = {page.words for take in takes(result, imagined(result)) for page in take.pages}
    assert words == {'It imagines 257 futures', 'The one it likes', 'What it does',
                     'What happened', 'The table is clear'}
    failed = replace(result, cleared=1)
    *_, last = takes(failed, [None, None])
    assert last.pages[-1].words == '1 of 2 are in the bin'
    assert next(takes(failed, [None, None])).pages[0].words == 'It decides'
    *_, last = takes(replace(result, asked='every object on the left'), [None, None])
    assert last.pages[-1].words == 'All is as asked'


def test_pictures_stand_in_the_column_beside_the_scene(result: DemoResult) -> None:
    (page,) = shown(result, Beat.RESULT).pages
    seen = replace(page, camera=np.full((96, 128, 3), (0, 0, 200), np.uint8),
                   now=np.full((64, 96, 3), (0, 200, 0), np.uint8))
    canvas = compose(BIG, seen, SCENE, ENCODER)
    assert canvas.shape == BIG.shape and (BIG == 220).all()
    sees = FIRST + HEADING + CAMERA[1] // 2, COLUMN + CAMERA[0] // 2
    assert canvas[sees].tolist() == [0, 0, 200]
    happened = THIRD + HEADING + PAIR[1] // 2, COLUMN + WIDTH - PAIR[0] // 2
    assert canvas[happened].tolist() == [0, 200, 0]
    changed = (canvas != 220).any(axis=-1)
    assert not changed[260:, 480:COLUMN - 4].any()  # the scene itself stays free
    assert not changed[:, COLUMN + WIDTH + 4:].any() and not changed[:20].any()


def test_nothing_has_happened_while_it_thinks(result: DemoResult) -> None:
    (page,) = shown(result, Beat.THINK).pages
    canvas = compose(BIG, replace(page, now=np.zeros((64, 96, 3), np.uint8)), SCENE, ENCODER)
    happened = THIRD + HEADING + PAIR[1] // 2, COLUMN + WIDTH - PAIR[0] // 2
    assert canvas[happened].min() > 220


def test_the_choice_is_painted_on_the_table(result: DemoResult) -> None:
    painter, canvas = TablePainter(VIEW, SCENE), BIG.copy()
    (page,) = shown(result, Beat.CHOOSE).pages
    paint(painter, canvas, page)
    ink = (np.abs(canvas.astype(int) - INK).max(axis=-1) < 12).sum()
    assert ink > 300
    ended = BIG.copy()
    paint(painter, ended, replace(page, beat=Beat.END))
    assert (ended == BIG).all()


def test_the_table_glows_where_something_is_imagined() -> None:
    painter, canvas = TablePainter(VIEW, SCENE), BIG.copy()
    heat = np.zeros((16, 24))
    heat[4, 18] = 1.0
    painter.glow(canvas, heat, 1.0)
    row, column = np.argwhere(canvas[..., 2] == canvas[..., 2].min()).mean(axis=0)
    x = SCENE.view_x[1] - (4 + 0.5) / 16 * (SCENE.view_x[1] - SCENE.view_x[0])
    y = SCENE.view_y[1] - (18 + 0.5) / 24 * (SCENE.view_y[1] - SCENE.view_y[0])
    expected = 359.5 - 900 * (x - 0.5) / 1.25, 639.5 - 900 * (y - 0.1) / 1.25
    assert np.abs(np.array([row, column]) - expected).max() < 8
