"""Physics clips: matched possible and impossible clips, each quadruple a function of its seed."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8

from foresight.errors import DatasetError
from foresight.protocols import CameraView
from foresight.settings import SceneConfig
from foresight.sim.appearance import sample_appearance
from foresight.sim.camera import make_view
from foresight.sim.clips.quadruple import FRAMES, Props, Quadruple
from foresight.sim.clips.stage import Stage
from foresight.sim.clips.violations import VIOLATIONS
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier
from foresight.world_model.predictors.video import VideoConfig

TRIES = 60
FAMILIAR = 0.7  # Share of the camera's jitter that training sees; tests look from beyond it.
CAMERA = CameraConfig(width=192, height=144)  # Finer than the rectified view.
Frames = UInt8[np.ndarray, 'frame row column 3']


@dataclass(frozen=True)
class Matched:
    """Rendered clips of one quadruple; clip i of both kinds is one pair.

    Attributes:
        category: Which law is broken.
        variant: How.
        event: Frames before this one are the same in both clips of a pair.
        background: The scene without any body.
        impossible: Without frames where only possible clips are made.
    """

    category: str
    variant: str
    event: int
    background: UInt8[np.ndarray, 'row column 3']
    possible: tuple[Frames, Frames]
    impossible: tuple[Frames, Frames]


def familiar_view(config: CameraConfig, generator: np.random.Generator) -> CameraView:
    """Draw a camera pose that training may see."""
    return _view(config, FAMILIAR * generator.uniform(-1.0, 1.0, 6))


def new_view(config: CameraConfig, generator: np.random.Generator) -> CameraView:
    """Draw a camera pose outside those of training, on at least one axis."""
    while True:
        shares = generator.uniform(-1.0, 1.0, 6)
        if np.abs(shares).max() > FAMILIAR:
            return _view(config, shares)


def _view(config: CameraConfig, shares: np.ndarray) -> CameraView:
    return make_view(config, config.position_jitter * shares[:3], config.angle_jitter * shares[3:])


@dataclass(frozen=True)
class PhysicsSet:
    """Which clips to make.

    Attributes:
        held_out: Objects and cameras that training never sees, instead of those that it may.
        impossible: Render the impossible clips too.
    """

    held_out: bool
    encoder: EncoderConfig = EncoderConfig()
    video: VideoConfig = VideoConfig()
    impossible: bool = True

    @property
    def name(self) -> str:
        """Say what the images are, for the name of a file."""
        numbers = *self.video.view_x, *self.video.view_y
        view = '_'.join(f'{100 * number:g}' for number in numbers)
        return f'{self.encoder.rows}x{self.encoder.columns}_{view}'

    def make(self, job: tuple[str, int]) -> Matched:
        """Draw and render the quadruple of a category and a seed."""
        stage, made = self.draw(*job)
        with stage:
            first, second = (stage.show(script, FRAMES) for script in made.possible)
            impossible = (first[:0], second[:0])
            if self.impossible:
                one, other = (stage.show(script, FRAMES) for script in made.impossible)
                impossible = (one, other)
        return Matched(
            job[0], made.variant, made.event, stage.background, (first, second), impossible,
        )

    def draw(self, category: str, seed: int) -> tuple[Stage, Quadruple]:
        """Draw a quadruple and the stage that it plays on, which the caller closes.

        Raises:
            DatasetError: If no draw shows what it should.
        """
        generator = np.random.default_rng([seed, list(VIOLATIONS).index(category)])
        choice = float(generator.random())
        sim = SimConfig(object_set='unseen' if self.held_out else 'seen')
        rectifier = Rectifier(self.video.scene(SceneConfig()), self.encoder)
        for _ in range(TRIES):
            look = sample_appearance(generator, sim)
            view = (new_view if self.held_out else familiar_view)(CAMERA, generator)
            stage = Stage(sim, SceneConfig(), rectifier, view, look)
            quadruple = VIOLATIONS[category](Props(stage, generator, choice))
            if quadruple is not None:
                return stage, quadruple
            stage.close()
        raise DatasetError(f'{category}, seed {seed}: nothing fits the scene; take another seed')

    def __call__(self) -> 'PhysicsSet':
        """Return itself: a worker builds nothing more to make clips."""
        return self
