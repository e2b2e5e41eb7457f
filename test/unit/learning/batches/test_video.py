import torch

from foresight.learning.batches.video import FIRST, LONGEST, SHORTEST, SMALLEST, blinks


def generator():
    return torch.Generator().manual_seed(0)


def test_a_blink_is_one_patch_of_a_few_frames():
    hidden = blinks((50, 20, 8, 12), 1.0, generator())
    frames = hidden.flatten(2).any(dim=2)  # clip frame
    assert not frames[:, :FIRST].any()
    assert frames.sum(dim=1).min() >= SHORTEST
    assert frames.sum(dim=1).max() <= LONGEST
    sizes = hidden.flatten(2).sum(dim=2)
    assert all(len(set(row[row > 0].tolist())) == 1 for row in sizes)
    assert sizes[sizes > 0].min() >= SMALLEST**2


def test_the_share_decides_how_many_clips_blink():
    assert not blinks((50, 20, 8, 12), 0.0, generator()).any()
    some = blinks((400, 20, 8, 12), 0.3, generator()).flatten(1).any(dim=1)
    assert 0.2 < some.float().mean() < 0.4


def test_a_patch_fits_a_small_grid():
    assert blinks((4, 5, 2, 2), 1.0, generator()).flatten(1).any(dim=1).all()
