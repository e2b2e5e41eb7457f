"""Collect, learn and plan in a Gymnasium environment of your own; needs the extra `gym`."""

from pathlib import Path

import gymnasium
import numpy as np

from foresight.actions.loading import action_of
from foresight.data.collected import collected, fitting
from foresight.data.environments import EnvironmentConfig
from foresight.external.episode import EnvironmentLoop, MakeLoop
from foresight.external.play import EnvironmentPlay, collect
from foresight.learning.learners.world_model import WorldModelLearner
from foresight.learning.loop import Loop
from foresight.learning.settings import TrainConfig
from foresight.rollout.gathering import Order
from foresight.world_model.checkpoint import CheckpointConfig


class Light(gymnasium.Env):  # in 32 x 32 pixels; an action says where it goes
    action_space = gymnasium.spaces.Box(-1.0, 1.0, (2,), np.float32)

    def reset(self, seed=None, options=None):
        return self.draw(np.zeros(2)), {}
    def step(self, action):
        return self.draw(action), 0.0, False, False, {}
    def draw(self, place):
        apart = np.mgrid[-1:1:32j, -1:1:32j] - place[:, None, None]
        return np.uint8(250 * np.exp(-20 * (apart**2).sum(0)))[..., None].repeat(3, 2)

gymnasium.register('Light-v0', Light)
world, folder = EnvironmentConfig('Light-v0', image_rows=32, image_columns=32), Path('light')
collect(EnvironmentPlay(world, 8, 0.0), Order(600, 0, workers=1), folder / 'play', print)
config = fitting(folder / 'play', CheckpointConfig())
play = collected(folder / 'play', action_of(config), config.encoder)
learner = WorldModelLearner(play, config, TrainConfig(steps=60, batch=32, threads=1))
print(Loop(learner, folder / 'model').run())
with EnvironmentLoop(MakeLoop('planner', world, folder / 'model', most=3)) as loop:
    print(loop.play(seed=1))
