import cv2
import numpy as np
import torch

from foresight.data.repeated_actions import RepeatedActions
from foresight.tasks.clear_table.cost_head import CostHead, Occupancy
from foresight.viz.outcomes import GAP, ROWS, SCALE, TITLE, draw_outcomes, farthest
from foresight.world_model.checkpoint import CheckpointConfig


def test_the_farthest_are_the_ones_that_differ():
    latents = torch.tensor([0.0, 0.1, 0.2, 5.0, -7.0])[:, None]
    assert sorted(farthest(latents, 3).tolist()) == [1, 3, 4]


def test_fewer_latents_than_asked_are_all_shown():
    assert sorted(farthest(torch.zeros(2, 3), 5).tolist()) == [0, 0]


def test_one_row_an_episode_is_written(tmp_path):
    states, repeats = 4, 3
    generator = torch.Generator().manual_seed(0)
    images = np.full((states, 64, 96, 3), 120, np.uint8)
    actions = RepeatedActions(
        seed=np.array([1, 1, 2, 3]), before=images, background=images,
        action=np.tile(np.array([0.45, 0.0, 1.5, 0.2], np.float32), (states, 1)),
        status=np.ones((states, 1), np.int8), after=np.stack([images] * repeats, axis=1),
        positions=np.zeros((states, repeats, 1, 3), np.float32),
        statuses=np.ones((states, repeats, 1), np.int8),
    )
    latents = torch.randn(states, 8, 16, 16, 24, generator=generator)
    config = CheckpointConfig()
    head = CostHead(16, torch.zeros(2, 16, 24)).requires_grad_(False)
    path = tmp_path / 'a' / 'outcomes.png'
    draw_outcomes(actions, latents[:, 1:4], latents[:, 4:], Occupancy(head), config, path)
    sheet = cv2.imread(str(path))
    assert sheet.shape[1] == 8 * (96 * SCALE + GAP)
    assert sheet.shape[0] == TITLE + min(3, ROWS) * (64 * SCALE + GAP)
