from dataclasses import replace

import numpy as np
import pytest
import torch

from foresight.actions.loading import action_of, make_model
from foresight.errors import DatasetError
from foresight.learning.batches.actions import take
from foresight.learning.batches.labels import LabelledImages, all_labelled
from foresight.learning.networks.world_model import WorldModelNetworks
from foresight.learning.settings import TrainConfig

CPU = torch.device('cpu')


def seen(blobs, count, seed=0, steps=40):
    """Images whose labels many draws show."""
    images, labelled = set(), LabelledImages(blobs, count, seed)
    before = {tuple(action): index for action, index in zip(
        blobs.actions.tolist(), blobs.before_index.tolist(), strict=True)}
    for step in range(steps):
        drawn = labelled.draw(32, step, CPU)
        for action, first, second in zip(
                drawn.batch.actions.tolist(), drawn.before, drawn.after, strict=True):
            index = before[tuple(action)]
            images |= {index} if first else set()
            images |= {index + 1} if second else set()
    return images


def test_no_more_images_are_seen_than_are_labelled(blobs):
    assert len(seen(blobs, 10)) == 10


def test_a_larger_choice_contains_a_smaller_one_and_seeds_differ(blobs):
    assert seen(blobs, 5) < seen(blobs, 12)
    assert seen(blobs, 5) != seen(blobs, 5, seed=1)


def test_every_drawn_action_is_beside_a_labelled_image(blobs):
    drawn = LabelledImages(blobs, 3, 0).draw(64, 0, CPU)
    assert (drawn.before | drawn.after).all()
    assert torch.equal(drawn.maps, torch.cat([drawn.before, drawn.after, drawn.after]))


def test_more_labels_than_images_are_refused(blobs):
    with pytest.raises(DatasetError, match='there are only 420 images'):
        LabelledImages(blobs, 421, 0)


def spoiled(labelled):
    """Replace the labels that must not be read."""
    batch = labelled.batch
    before, after = batch.objects_before.clone(), batch.objects_after.clone()
    before[~labelled.before], after[~labelled.after] = float('nan'), float('nan')
    return replace(labelled, batch=replace(batch, objects_before=before, objects_after=after))


@pytest.mark.parametrize('objective', ['jepa', 'supervised'])
def test_labels_of_other_images_are_never_read(blobs, small, objective):
    train = TrainConfig(**{**small.train, 'objective': objective, 'labels': 4})
    learner = WorldModelNetworks(make_model(small), action_of(small), train)
    labelled = spoiled(LabelledImages(blobs, 4, 0).draw(16, 0, CPU))
    assert labelled.batch.objects_before.isnan().any()
    batch = take(blobs, np.arange(16), CPU)
    losses = learner.losses(batch, torch.Generator().manual_seed(0), labelled)
    assert losses.total.isfinite()


def test_few_labels_leave_the_other_losses_alone(blobs, small):
    learner = WorldModelNetworks(make_model(small), action_of(small), TrainConfig(**small.train))
    batch = take(blobs, np.arange(16), CPU)
    labelled = LabelledImages(blobs, 4, 0).draw(16, 0, CPU)
    few, all_of_them = (
        learner.losses(batch, torch.Generator().manual_seed(0), choice).terms
        for choice in (labelled, None)
    )
    assert few.keys() == all_of_them.keys()
    assert few['cost'] != all_of_them['cost']
    assert all(few[name] == all_of_them[name] for name in few if name != 'cost')


def test_all_labelled_is_every_map(blobs):
    assert all_labelled(take(blobs, np.arange(4), CPU)).maps.all()
