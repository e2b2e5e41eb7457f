import torch

from foresight.learning.batches.augmentation import Augmentation


def test_gain_is_shared_by_the_two_images_of_an_action():
    augment = Augmentation(0.5, 0.5, 0.0, (3, 4, 6), seed=0)
    before = torch.ones(5, 3, 4, 6)
    changed = augment((before, 2.0 * before), torch.Generator().manual_seed(0))
    assert torch.equal(2.0 * changed[:5], changed[5:])
    assert changed[:5].std(dim=0).min() > 0.0


def test_gain_is_shared_by_all_images_of_a_sequence():
    augment = Augmentation(0.5, 0.5, 0.0, (3, 4, 6), seed=0)
    first = torch.ones(5, 3, 4, 6)
    changed = augment((first, 2.0 * first, 3.0 * first), torch.Generator().manual_seed(0))
    assert torch.equal(3.0 * changed[:5], changed[10:])


def test_nothing_changes_without_jitter_and_noise():
    augment = Augmentation(0.0, 0.0, 0.0, (3, 4, 6), seed=0)
    image = torch.rand(2, 3, 4, 6)
    changed = augment((image, image), torch.Generator().manual_seed(0))
    assert torch.equal(changed, torch.cat([image, image]))


def test_inverted_colours_keep_their_pixels():
    augment = Augmentation(0.0, 1.0, 0.0, (48, 2, 2), seed=0)
    image = torch.arange(48.0)[None, :, None, None].repeat(4, 1, 2, 2)
    changed = augment((image, image), torch.Generator().manual_seed(3))
    pixels = -changed[0, :, 0, 0].reshape(16, 3)
    assert torch.equal(pixels.sort(dim=1).values, image[0, :, 0, 0].reshape(16, 3))
