import pytest
import torch

from foresight.settings import SceneConfig
from foresight.world_model.belief.surprise import SurpriseScales
from foresight.world_model.belief.vigilance import SETTLING, Vigilance
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.scene_map import draw_scene

SCALES = SurpriseScales(
    cell=0.2, action=0.5, rest=0.2, false_alarms=5.0, hours=1.0, actions=1000, seed=0, model='',
    command='',
)
STILL = torch.zeros(16, 16, 24)


@pytest.fixture
def vigilance() -> Vigilance:
    return Vigilance(draw_scene(SceneConfig(), EncoderConfig().grid), SCALES, widespread=0.65)


def with_object(row: int, column: int, still: torch.Tensor = STILL) -> torch.Tensor:
    """Change the nine cells that an object changes."""
    latent = still.clone()
    latent[:, row - 1:row + 2, column - 1:column + 2] = 1.0
    return latent


def levels(vigilance: Vigilance, *views: torch.Tensor) -> list[float | None]:
    readings = [vigilance.see(view) for view in views]
    return [None if reading is None else reading.level for reading in readings]


def test_what_stays_at_rest_is_no_surprise(vigilance):
    assert levels(vigilance, STILL, STILL, STILL) == [None, 0.0, 0.0]


def test_an_object_that_moves_at_rest_surprises_until_the_view_stays(vigilance):
    moved = with_object(8, 12)
    first, alarm, again, calm = levels(vigilance, STILL, moved, moved, moved)
    assert first is None
    assert alarm > 1.0 and again > 1.0
    assert calm == 0.0


def test_a_thing_that_goes_on_moving_surprises_all_the_time(vigilance):
    views = [with_object(8, column) for column in range(8, 16)]
    assert all(level > 1.0 for level in levels(vigilance, STILL, *views)[1:])


def test_a_change_of_the_whole_view_surprises_until_it_comes_back(vigilance):
    bumped = STILL + 0.8
    vigilance.see(STILL)
    readings = [vigilance.see(bumped) for _ in range(20)]
    assert all(reading.level > 1.0 and reading.spread == 1.0 for reading in readings)
    assert vigilance.see(STILL).level == 0.0


def test_what_was_predicted_is_no_surprise_and_becomes_what_is_expected(vigilance):
    before, after = with_object(8, 8), with_object(8, 16)
    vigilance.see(before)
    vigilance.expect(before, after)
    assert levels(vigilance, after, after, after) == [None, 0.0, 0.0]


def test_another_object_that_moves_during_an_action_surprises_once(vigilance):
    before, after = with_object(8, 8), with_object(8, 16)
    arrived = with_object(5, 12, after)
    vigilance.see(before)
    vigilance.expect(before, after)
    settling, alarm, calm = levels(vigilance, arrived, arrived, arrived)
    assert settling is None
    assert alarm > 1.0
    assert calm == 0.0


def test_where_a_change_was_foreseen_another_outcome_does_not_surprise(vigilance):
    before, after = with_object(8, 8), with_object(8, 16)
    vigilance.see(before)
    vigilance.expect(before, after)
    assert levels(vigilance, STILL, STILL)[1] == 0.0


def test_what_falls_on_the_floor_does_not_surprise(vigilance):
    vigilance.see(STILL)
    vigilance.expect(STILL, STILL)
    fallen = with_object(14, 20)
    assert levels(vigilance, fallen, fallen)[1] == 0.0


def test_an_action_is_judged_once_objects_rest_or_have_rolled_too_long(vigilance):
    vigilance.see(STILL)
    vigilance.expect(STILL, STILL)
    rolling = [with_object(8, 5 + step % 8) for step in range(SETTLING)]
    heard = levels(vigilance, *rolling)
    assert heard[:-1] == [None] * (SETTLING - 1)
    assert heard[-1] > 1.0


def test_an_announced_action_changes_nothing_before_the_arm_leaves(vigilance):
    vigilance.see(STILL)
    vigilance.expect(STILL, with_object(8, 8))
    assert vigilance.see(STILL, back=False).level == 0.0
    assert vigilance.see(with_object(5, 12), back=False).level > 1.0


def test_a_view_bumped_during_an_action_goes_on_surprising(vigilance):
    vigilance.see(STILL)
    vigilance.expect(STILL, STILL)
    bumped = STILL + 0.8
    readings = [vigilance.see(bumped) for _ in range(5)]
    assert all(reading.spread == 1.0 and reading.level > 1.0 for reading in readings[1:])


def test_after_forgetting_the_first_view_is_the_reference(vigilance):
    vigilance.see(STILL)
    vigilance.forget()
    assert levels(vigilance, STILL + 0.8, STILL + 0.8) == [None, 0.0]
