import json
from dataclasses import replace
from pathlib import Path

import pytest

from foresight.errors import DatasetError
from foresight.experiments.surprise.episode import DisturbedEpisode
from foresight.experiments.surprise.measure import make_rows
from foresight.experiments.surprise.page import EVERY, WITH, WITHOUT
from foresight.experiments.surprise.players import Playing, Row
from foresight.sim.settings import SimConfig
from foresight.world_model.belief.surprise import SurpriseScales

SCALES = SurpriseScales(0.2, 0.5, 0.2, 5.0, 1.0, 900, 6000, 'a' * 64, '')
EPISODE = DisturbedEpisode(
    7, '', False, True, 3, 0, 0, 4, 2, 2, (1.5,), None, 0, '', 12.0,
)


@pytest.fixture
def rows() -> list[Row]:
    return make_rows(Path('models/x'), SimConfig())


@pytest.fixture
def kept(tmp_path, rows) -> Path:
    path = tmp_path / 'runs' / 'kept.jsonl'
    with Playing(1, path, SCALES) as playing:
        playing.keep(WITH, EPISODE)
    return path


def test_kept_episodes_are_not_played_again(kept, rows):
    with Playing(1, kept, SCALES) as playing:
        assert list(playing(rows[0], range(7, 8))) == [EPISODE]


@pytest.mark.parametrize('change', [{'action': 0.6}, {'model': 'b' * 64}])
def test_episodes_of_another_model_or_scale_are_refused(kept, change):
    with pytest.raises(DatasetError, match='another world model or other scales'):
        Playing(1, kept, replace(SCALES, **change))


def test_episodes_of_another_robot_are_refused(kept):
    with pytest.raises(DatasetError, match='another robot'):
        Playing(1, kept, SCALES, 'ur5e')


def test_a_damaged_file_is_refused(kept):
    kept.write_text(json.dumps({'mode': WITH}) + '\n')
    with pytest.raises(DatasetError, match='is damaged .*: delete it and play again'):
        Playing(1, kept, SCALES)


def test_only_play_with_surprise_needs_scales(rows):
    assert {row.mode for row in rows if not row.players.scaled} == {WITHOUT, EVERY}
    assert all(row.players.config.watch == (row.mode == WITH) for row in rows)
    kinds = [row.kind for row in rows]
    assert all(kinds.count(kind) == 2 for kind in set(kinds) - {''})
