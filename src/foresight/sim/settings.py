"""Settings of the simulator."""

from dataclasses import dataclass
from pathlib import Path

from foresight.errors import ConfigError
from foresight.settings import Checked, setting
from foresight.sim.camera_effects import EFFECTS, NONE
from foresight.sim.textures import PLAIN, SURFACES


@dataclass(frozen=True)
class CameraConfig(Checked):
    """The simulated camera; a real one reports its own CameraInfo and pose."""

    width: int = setting(128, 'image width', 'px', 32, 1280)
    height: int = setting(96, 'image height', 'px', 32, 960)
    vertical_fov: float = setting(0.785, 'vertical field of view', 'rad', 0.3, 2.0)
    position: tuple[float, float, float] = setting(
        (0.50, 0.10, 1.25), 'mean camera position in base_link', 'm'
    )
    tilt: tuple[float, float, float] = setting(
        (0.0, 0.0, 0.0), 'mean rotation about the x, y and z axis of a camera that looks straight '
        'down', 'rad', -1.0, 1.0,
    )
    position_jitter: float = setting(
        0.02, 'random offset of the position on each axis', 'm', 0.0, 0.1
    )
    angle_jitter: float = setting(0.02, 'random rotation about each axis', 'rad', 0.0, 0.1)
    rate: float = setting(10.0, 'image rate', 'Hz', 1.0, 60.0)
    effect: str = setting(
        NONE, 'what the camera does to its pictures; in lockstep not to that of the empty table',
        choices=(NONE, *EFFECTS),
    )


@dataclass(frozen=True)
class SimConfig(Checked):
    """Simulation: physics, objects and randomisation."""

    physics_rate: float = setting(400.0, 'physics steps', 'Hz', 100.0, 2000.0)
    command_rate: float = setting(100.0, 'joint commands and /clock', 'Hz', 10.0, 1000.0)
    real_time_factor: float = setting(
        1.0, 'simulated over wall-clock time; 0 = as fast as possible', '', 0.0, 100.0
    )
    objects: int = setting(3, 'objects on the table', '', 0, 10)
    object_set: str = setting(
        'seen', 'which objects are spawned', choices=('seen', 'unseen', 'primitives', 'empty')
    )
    extra_objects: int = setting(
        0, 'up to this many objects more, drawn anew for each episode', '', 0, 10
    )
    layout: str = setting(
        'anywhere', 'where objects are spawned; hard = beside open edges, behind one another, in '
        'far corners', choices=('anywhere', 'hard'),
    )
    mesh_share: float = setting(0.5, 'share of mesh objects among seen objects', '', 0.0, 1.0)
    size_low: float = setting(0.03, 'smallest object extent', 'm', 0.01, 0.2)
    size_high: float = setting(0.07, 'largest object extent', 'm', 0.01, 0.2)
    friction: tuple[float, float] = setting(
        (0.3, 0.7), 'range of the friction of an object on the table', '', 0.0, 2.0
    )
    mass: tuple[float, float] = setting(
        (0.05, 0.20), 'range of the mass of an object', 'kg', 0.001, 2.0
    )
    color_distance: float = setting(
        0.35, 'least RGB distance of an object to table, bin and floor', '', 0.0, 1.0
    )
    saturation: tuple[float, float] = setting(
        (0.0, 0.4), 'range of the colour saturation of table, bin and floor', '', 0.0, 1.0
    )
    surfaces: tuple[str, str, str] = setting(
        (PLAIN,) * 3, f'what table, bins and floor look like, each one of {", ".join(SURFACES)}'
    )
    shadows: bool = setting(False, 'things and the arm throw shadows on table, bins and floor')
    light_tilt: tuple[float, float] = setting(
        (0.0, 0.9), 'range of the angle between the light and the vertical', 'rad', 0.0, 1.3
    )
    ambient: tuple[float, float] = setting(
        (0.45, 0.65), 'range of the light that reaches every face', '', 0.0, 1.0
    )
    diffuse: tuple[float, float] = setting(
        (0.3, 0.45), 'range of the light that depends on the angle of a face', '', 0.0, 1.0
    )
    light_color: tuple[float, float] = setting(
        (0.85, 1.0), 'range of red, green and blue of the light', '', 0.0, 1.0
    )
    restitution: tuple[float, float] = setting(
        (0.0, 0.0), 'range of the restitution of an object', '', 0.0, 0.9
    )
    odd_share: float = setting(
        0.0, 'share of objects that are flat, long or tall, as coins, spoons and bottles', '', 0.0,
        1.0,
    )
    seed: int = setting(0, 'seed of scene and physics randomisation', '', 0)
    settle_time: float = setting(0.5, 'rest that decides cleared and dropped', 's', 0.1, 5.0)
    max_actions: int = setting(
        10, 'actions before an episode of up to three objects is truncated', '', 1, 100
    )
    actions_an_object: int = setting(4, 'actions more for each object beyond three', '', 0, 100)

    command_delay: float = setting(
        0.0, 'time until a command reaches the motors', 's', 0.0, 1.0
    )
    tracking_lag: float = setting(
        0.0, 'time constant with which the motors follow it', 's', 0.0, 1.0
    )

    def __post_init__(self) -> None:
        """Check bounds, the order of ranges and that a command takes whole physics steps."""
        super().__post_init__()
        sizes = self.size_low, self.size_high
        light = self.light_tilt, self.ambient, self.diffuse, self.light_color
        for low, high in (
            sizes, self.friction, self.mass, self.saturation, self.restitution, *light,
        ):
            if low > high:
                raise ConfigError(f'SimConfig: the range {low} to {high} is upside down')
        unknown = set(self.surfaces) - set(SURFACES)
        if unknown:
            raise ConfigError(f'SimConfig.surfaces: unknown {", ".join(sorted(unknown))}; known '
                              f'are {", ".join(SURFACES)}')
        if self.physics_rate % self.command_rate:
            raise ConfigError(
                f'SimConfig.physics_rate = {self.physics_rate}: must be a multiple of command_rate'
            )




@dataclass(frozen=True)
class ClipsConfig(Checked):
    """Clips to watch."""

    scenes: int = setting(200, 'scenes of each kind of free motion', '', 1)
    falls: int = setting(
        400, 'more scenes of what slides over an edge: to the floor, or on along a plank', '', 0
    )
    play_clips: int = setting(150, 'clips of the arm at play', '', 0)
    clips: Path = setting(Path('data/physics'), 'folder where clips are kept')
    workers: int = setting(2, 'processes that make clips', '', 1)
