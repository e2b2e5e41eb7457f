"""Claims about play on a single table."""

from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from foresight.errors import DatasetError
from foresight.learning.batches.appearance import ONE_TABLE, appearance_spread
from foresight.learning.learners.world_model import WorldModelLearner
from foresight.learning.loop import Loop
from foresight.learning.settings import TrainConfig


@pytest.fixture
def one_colour(blobs):
    """The toy table, every episode on the same one."""
    shift = blobs.backgrounds[blobs.episode[0]].astype(int) - blobs.backgrounds
    stills = np.repeat(np.arange(60), 7)
    moved = np.clip(blobs.stills + shift[stills], 0, 255).astype(np.uint8)
    return replace(blobs, stills=moved, backgrounds=np.repeat(blobs.backgrounds[:1], 60, axis=0))


def test_the_spread_is_that_of_the_tables_not_of_the_objects(blobs, one_colour):
    assert appearance_spread(blobs.backgrounds) > 3 * ONE_TABLE
    assert appearance_spread(one_colour.backgrounds) == 0.0


def test_one_colour_of_table_is_noticed(blobs, one_colour, small, tmp_path):
    for transitions, noticed in ((one_colour, True), (blobs, False)):
        words = StringIO()
        console = Console(file=words, width=400)
        learner = WorldModelLearner(transitions, small, TrainConfig(**small.train))
        Loop(learner, tmp_path / str(noticed), console)
        assert ('all episodes show one table' in words.getvalue()) == noticed


def test_an_encoder_that_would_learn_it_by_heart_is_refused(one_colour, small, tmp_path):
    sees = replace(small, encoder=replace(small.encoder, use_image=True))
    train = TrainConfig(**small.train)
    bare = replace(train, jitter=0.0, invert=0.0)
    with pytest.raises(DatasetError, match='set jitter and invert above 0'):
        WorldModelLearner(one_colour, sees, bare)
    assert WorldModelLearner(one_colour, sees, train).warning
