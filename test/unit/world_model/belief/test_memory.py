"""Claims about what is remembered, cell by cell."""

import math

import pytest
import torch

from foresight.world_model.belief.memory import Memory, carry_out, nothing_seen, pass_time, see

HALF_LIFE = 10.0
FIRST, SECOND = torch.randn(2, 3, 4, 5, generator=torch.Generator().manual_seed(0))
ALL = torch.ones(4, 5)


def half_hidden() -> torch.Tensor:
    """See the left three columns only."""
    visible = ALL.clone()
    visible[:, 3:] = 0.0
    return visible


def seen_once() -> Memory:
    return see(nothing_seen(torch.zeros(3, 4, 5)), FIRST, ALL, 1.0, HALF_LIFE)


def test_nothing_seen_is_a_guess_without_confidence():
    memory = nothing_seen(FIRST)
    assert torch.equal(memory.latent, FIRST)
    assert not memory.confidence.any()
    assert not memory.complete


def test_a_wholly_visible_latent_is_the_belief_bit_by_bit():
    memory = see(seen_once(), SECOND, ALL, 2.0, HALF_LIFE)
    assert torch.equal(memory.latent, SECOND)
    assert not memory.age.any()
    assert torch.equal(memory.confidence, ALL)


def test_hidden_cells_keep_what_was_seen_and_grow_older():
    memory = see(seen_once(), SECOND, half_hidden(), 3.5, HALF_LIFE)
    assert torch.equal(memory.latent[..., :3], SECOND[..., :3])
    assert torch.equal(memory.latent[..., 3:], FIRST[..., 3:])
    assert (memory.age[:, 3:] == 2.5).all()
    assert not memory.age[:, :3].any()


def test_confidence_in_hidden_cells_halves_in_its_half_life():
    memory = see(seen_once(), SECOND, half_hidden(), 1.0 + HALF_LIFE, HALF_LIFE)
    torch.testing.assert_close(memory.confidence[:, 3:], torch.full((4, 2), 0.5))


def test_memory_is_refreshed_where_it_is_seen_again():
    hidden = see(seen_once(), SECOND, half_hidden(), 3.0, HALF_LIFE)
    memory = see(hidden, SECOND, ALL, 4.0, HALF_LIFE)
    assert torch.equal(memory.latent, SECOND)
    assert torch.equal(memory.confidence, ALL)


def test_memory_is_complete_once_every_cell_was_seen():
    part = see(nothing_seen(torch.zeros(3, 4, 5)), FIRST, half_hidden(), 1.0, HALF_LIFE)
    assert not part.complete
    assert see(part, FIRST, 1.0 - half_hidden(), 2.0, HALF_LIFE).complete


def test_partly_visible_cells_are_mixed():
    memory = see(seen_once(), SECOND, 0.25 * ALL, 1.0, HALF_LIFE)
    torch.testing.assert_close(memory.latent, 0.75 * FIRST + 0.25 * SECOND)


def test_a_clock_that_jumps_back_lets_no_time_pass():
    memory = pass_time(see(seen_once(), SECOND, half_hidden(), 3.0, HALF_LIFE), 0.5, HALF_LIFE)
    assert memory.stamp == 0.5
    assert float(memory.age.max()) == 2.0


def test_the_first_image_after_a_restart_adds_no_age():
    restored = Memory(FIRST, 7.0 * ALL, ALL, -math.inf)
    assert float(pass_time(restored, 1234.0, HALF_LIFE).age.max()) == 7.0


@pytest.mark.parametrize('trust', [0.0, 0.5, 1.0])
def test_an_action_replaces_only_what_is_hidden_and_doubts_what_was_swept(trust):
    memory = see(seen_once(), FIRST, half_hidden(), 1.5, HALF_LIFE)
    swept = torch.zeros(4, 5)
    swept[0] = 1.0
    after = carry_out(memory, SECOND, swept, trust)
    assert torch.equal(after.latent[..., :3], FIRST[..., :3])
    assert torch.equal(after.latent[..., 3:], SECOND[..., 3:])
    torch.testing.assert_close(after.confidence[0, 3:], trust * memory.confidence[0, 3:])
    assert torch.equal(after.confidence[1:], memory.confidence[1:])
    assert torch.equal(after.age, memory.age)
