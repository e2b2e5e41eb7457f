"""The film of a run in the simulator: every page is drawn, in order, beside the real scene."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from foresight.actions.push.macro_action import PushAction
from foresight.robots.arm import ArmModel
from foresight.rollout.filming import Studio, write_film
from foresight.sim.clear_table import ClearTable
from foresight.sim.settings import SimConfig
from foresight.viz.demo_result import DemoAction, DemoResult, Frame, Motion, Thought
from foresight.viz.drawing import INK
from foresight.viz.film.futures import imagine
from foresight.viz.film.timeline import Beat, timeline
from foresight.viz.video import read_video
from foresight.world_model.encoder import EncoderConfig

SIM = SimConfig(seed=3)
ACTION = PushAction()


class Still:
    """A world model in which nothing moves."""

    def predict(self, latents: torch.Tensor, actions: torch.Tensor) -> torch.Tensor:
        """Predict."""
        return latents


@pytest.fixture(scope='module')
def result() -> DemoResult:
    """A second of a run with one decision, in which the arm turns about its first joint."""
    with ClearTable(SIM) as table:
        states, image = table.objects(), table.observe().image
    stamps, home = np.arange(11) / 10, ArmModel.load().retract
    joints = np.tile(home, (11, 1))
    joints[:, 0] += stamps
    numbers = np.array([0.5, -0.2, 1.4, 0.3])
    belief = np.zeros((4, 16, 24), np.float32)
    belief[:, 8, 12] = 1.0
    decided = DemoAction(
        0.0, numbers, ACTION.outline(numbers), ACTION.describe(numbers), {}, 300.0, 0.2, 3.0,
        None, Thought(belief, numbers + np.arange(5)[:, None] * 0.03, 257),
    )
    motion = Motion(
        stamps, joints, stamps, np.tile(states.positions, (11, 1, 1)),
        np.tile(states.orientations, (11, 1, 1)),
    )
    return DemoResult(
        seed=3, objects=3, cleared=0, dropped=0, tried=1, actions=(decided,),
        frames=(Frame(0.0, image),), rectified=(Frame(0.0, image[:64, :96].copy()),),
        motion=motion, latencies={}, resident={}, simulated=1.0, seconds=1.0, ending='over',
    )


def test_the_film_shows_every_page_beside_the_scene(result: DemoResult, tmp_path: Path) -> None:
    futures = [imagine(Still(), ACTION, action) for action in result.actions]
    studio = Studio(SIM, 'panda', '', EncoderConfig())
    film = write_film(tmp_path, result, futures, studio, processes=1)
    pictures, _ = read_video(film)
    instants = timeline(result)
    assert len(pictures) == len(instants) and pictures[0].shape == (720, 1280, 3)
    assert (tmp_path / 'film.png').stat().st_size > 100_000
    chosen = max(i for i, instant in enumerate(instants) if instant.part.beat is Beat.CHOOSE)
    ink = [(np.abs(pictures[index][300:, :850].astype(int) - INK).max(axis=-1) < 40).sum()
           for index in (0, chosen)]
    assert ink[1] > ink[0] + 200


def test_another_robot_and_another_site_are_filmed_too(result: DemoResult, tmp_path: Path) -> None:
    joints = np.tile(ArmModel.load('ur5e').retract, (11, 1))
    other = replace(result, motion=replace(result.motion, joints=joints), actions=())
    film = write_film(tmp_path, other, [], Studio(SIM, 'ur5e', '', EncoderConfig()), processes=1)
    assert len(read_video(film)[0]) == len(timeline(other))
