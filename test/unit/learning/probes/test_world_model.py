import math

import torch

from foresight.learning.probes.world_model import occupancy_r2, pair_accuracy, probe


def test_training_beats_persistence_and_finds_objects(learn, other_blobs):
    before, after = (
        probe(learner, other_blobs, learner.config) for learner in (learn(0), learn(150))
    )
    assert after.prediction_ratio_changed < 0.8 < before.prediction_ratio_changed
    assert after.inverse_skill > 0.3 > before.inverse_skill
    assert after.occupancy_r2 > 0.5


def test_probe_finds_occupancy_that_is_there():
    labels = (torch.rand(8, 2, 6, 8, generator=torch.Generator().manual_seed(0)) < 0.1).float()
    latents = torch.cat([labels, -labels], dim=1)
    assert occupancy_r2(latents, labels, torch.arange(8)) > 0.9


def test_probe_finds_nothing_in_noise():
    generator = torch.Generator().manual_seed(0)
    labels = (torch.rand(8, 2, 6, 8, generator=generator) < 0.1).float()
    latents = torch.randn(8, 2, 6, 8, generator=generator)
    assert occupancy_r2(latents, labels, torch.arange(8)) < 0.1


def test_pairs_are_counted_once_and_only_when_clear():
    truth = torch.tensor([0.0, 0.05, 1.0])
    assert pair_accuracy(torch.tensor([0.0, 9.0, 1.0]), truth) == 0.5
    assert math.isnan(pair_accuracy(torch.zeros(2), torch.zeros(2)))
