"""A toy table: coloured blobs that actions move; enough to see whether training learns."""

from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import pytest
import torch

from foresight.actions.loading import action_of, make_model
from foresight.actions.push.settings import PushConfig
from foresight.data.transitions import Transitions
from foresight.learning.batches.actions import rows_of_step, take
from foresight.learning.networks.world_model import WorldModelNetworks
from foresight.learning.settings import TrainConfig
from foresight.settings import SceneConfig
from foresight.world_model.checkpoint import CheckpointConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.task import PredictorConfig
from foresight.world_model.scene_map import draw_scene

ROWS, COLUMNS, STEPS = 64, 96, 6

SMALL = CheckpointConfig(
    encoder=EncoderConfig(width=8), predictor=PredictorConfig(width=32, blocks=2),
    train=asdict(TrainConfig(batch=16, threads=1, expander=32, save_every=10, holdout=0.2)),
)


@pytest.fixture(scope='session')
def small() -> CheckpointConfig:
    """Networks that learn the toy table in seconds."""
    return SMALL


@pytest.fixture(scope='session')
def blobs() -> Transitions:
    """Actions to learn from."""
    return make_blobs(episodes=60, seed=0)


@pytest.fixture(scope='session')
def other_blobs() -> Transitions:
    """Actions of other episodes."""
    return make_blobs(episodes=24, seed=1)


@pytest.fixture(scope='session')
def lone_blobs() -> Transitions:
    """Actions of scenes with one object."""
    return make_blobs(episodes=60, seed=2, objects=1)


@pytest.fixture(scope='session')
def learn(blobs: Transitions) -> Callable[..., WorldModelNetworks]:
    """Train for some steps; keyword arguments change `TrainConfig`."""
    def run(steps: int, **changes: object) -> WorldModelNetworks:
        config = TrainConfig(**{**SMALL.train, **changes})
        torch.manual_seed(config.seed)
        learner = WorldModelNetworks(make_model(SMALL), action_of(SMALL), config)
        weights = [value for value in learner.parameters() if value.requires_grad]
        optimizer = torch.optim.AdamW(weights, config.learning_rate)
        for step in range(steps):
            rows = rows_of_step(len(blobs), config.batch, config.seed, step)
            generator = torch.Generator().manual_seed(step)
            optimizer.zero_grad()
            learner.losses(take(blobs, rows, torch.device('cpu')), generator).total.backward()
            optimizer.step()
            learner.update_target()
        return learner
    return run


def make_blobs(episodes: int, seed: int, objects: int = 3) -> Transitions:
    """Simulate episodes of six actions; the paddle carries what lies in its lane to the end."""
    random, scene = np.random.default_rng(seed), SceneConfig()
    low = np.array([scene.table_x[0], scene.table_y[0]]) + 0.04
    high = np.array([scene.table_x[1], scene.table_y[1]]) - 0.04
    places = np.empty((episodes, STEPS + 1, objects, 2))
    places[:, 0] = random.uniform(low, high, (episodes, objects, 2))
    actions = np.empty((episodes, STEPS, 4), np.float32)
    for step in range(STEPS):
        actions[:, step] = _aim(places[:, step], random)
        places[:, step + 1] = _sweep(places[:, step], actions[:, step])
    status = _status(places, scene)
    colours = random.uniform(-80, 80, (episodes, objects, 3)) + 40 * random.choice([-1, 1], 3)
    backgrounds = random.integers(90, 160, (episodes, 1, 1, 3)).astype(np.uint8)
    backgrounds = np.broadcast_to(backgrounds, (episodes, ROWS, COLUMNS, 3))
    stills = _draw(places, colours, backgrounds, scene)
    labels = np.concatenate([_pixels(places, scene), status[..., None]], axis=-1)
    starts = np.arange(episodes)[:, None] * (STEPS + 1) + np.arange(STEPS)
    return Transitions(
        stills=stills, before_index=starts.reshape(-1), backgrounds=backgrounds,
        episode=np.repeat(np.arange(episodes), STEPS), actions=actions.reshape(-1, 4),
        aimed=np.ones(episodes * STEPS, np.int8), digest='blobs',
        objects=labels.reshape(-1, objects, 3).astype(np.float32),
        scene_maps=draw_scene(scene, EncoderConfig().grid).expand(episodes, -1, -1, -1).numpy(),
    )


def _aim(places: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Start a little behind a random object, with any heading."""
    count, objects = places.shape[:2]
    chosen = places[np.arange(count), random.integers(objects, size=count)]
    heading = random.uniform(-np.pi, np.pi, count)
    direction = np.stack([np.cos(heading), np.sin(heading)], axis=-1)
    start = chosen - random.uniform(0.04, 0.1, (count, 1)) * direction
    start += random.normal(0, 0.02, (count, 2))
    action = PushConfig()
    length = random.uniform(action.length_low, action.length_high, count)
    return np.concatenate([start, heading[:, None], length[:, None]], axis=1)


def _sweep(places: np.ndarray, actions: np.ndarray) -> np.ndarray:
    """Carry what lies in the lane to the end of the action."""
    direction = np.stack([np.cos(actions[:, 2]), np.sin(actions[:, 2])], axis=-1)[:, None]
    relative = places - actions[:, None, :2]
    along = (relative * direction).sum(-1)
    across = relative[..., 1] * direction[..., 0] - relative[..., 0] * direction[..., 1]
    length = actions[:, None, 3]
    hit = (np.abs(across) < 0.07) & (along > 0.0) & (along < length + 0.02)
    return places + np.where(hit, length + 0.02 - along, 0.0)[..., None] * direction


def _status(places: np.ndarray, scene: SceneConfig) -> np.ndarray:
    """Tell table (1), floor (2) and bin (3) apart."""
    x, y = places[..., 0], places[..., 1]
    in_x = (x > scene.table_x[0]) & (x < scene.table_x[1])
    table = in_x & (np.abs(y) < scene.table_y[1])
    bin_low, bin_high = scene.zones[0].y
    in_bin = in_x & (y >= bin_low) & (y < bin_high)
    return np.select([table, in_bin], [1, 3], 2)


def _pixels(places: np.ndarray, scene: SceneConfig) -> np.ndarray:
    """Project onto the rectified image."""
    resolution = (scene.view_x[1] - scene.view_x[0]) / ROWS
    corner = np.array([scene.view_x[1], scene.view_y[1]])
    return (corner - places) / resolution - 0.5


def _draw(
    places: np.ndarray, colours: np.ndarray, backgrounds: np.ndarray, scene: SceneConfig,
) -> np.ndarray:
    """Draw each still: soft discs of five centimetres."""
    pixels = _pixels(places, scene).astype(np.float32)
    rows, columns = np.arange(ROWS, dtype=np.float32), np.arange(COLUMNS, dtype=np.float32)
    by_row = np.exp(-((rows - pixels[..., :1]) / 2.2) ** 2 / 2)
    by_column = np.exp(-((columns - pixels[..., 1:]) / 2.2) ** 2 / 2)
    stills = np.empty((*places.shape[:2], ROWS, COLUMNS, 3), np.uint8)
    for index, background in enumerate(backgrounds):
        paint = np.einsum(
            'tor,toc,ok->trck', by_row[index], by_column[index], colours[index].astype(np.float32),
            optimize=True,
        )
        stills[index] = np.clip(background + paint, 0, 255)
    return stills.reshape(-1, ROWS, COLUMNS, 3)
