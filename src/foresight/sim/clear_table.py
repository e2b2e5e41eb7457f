"""The task `clear_table`: table, bin, objects, camera and arm, stepped in lockstep."""

from collections.abc import Callable
from functools import partial

import numpy as np
from jaxtyping import Bool, Float, UInt8

from foresight.closing import Closing
from foresight.protocols import CameraView, Observation
from foresight.robots.arm import ArmModel
from foresight.robots.trajectory import JointPath
from foresight.settings import SceneConfig
from foresight.sim.appearance import Appearance, sample_appearance
from foresight.sim.arm import SimArm
from foresight.sim.bodies import Bodies
from foresight.sim.camera import render, render_bodies, sample_view, sees
from foresight.sim.camera_effects import make_effect
from foresight.sim.covering import make_covering
from foresight.sim.lag import Lag
from foresight.sim.objects import ObjectSpec, sample_specs
from foresight.sim.scene import build_scene
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.sim.spots import Spots, choose_places, sample_spot, sample_spots
from foresight.sim.world import World
from foresight.tasks.clear_table.score import CLEARED, place, score
from foresight.tasks.scene_view import ObjectStates, Outcome, SuccessRule

REST_CHECK = 5  # commands between two looks at the speed of the objects
SETTLE_LIMIT = 2.0  # s, longest wait for objects to come to rest
COVER = (0.45, 0.45, 0.5)  # RGB colour of a plate that hides objects
RESPAWNS = 20  # tries to put objects that fell off back on the table

Joints = Float[np.ndarray, ' joint']
FrameCallback = Callable[[Observation, Joints, Float[np.ndarray, '4 4']], None]


class ClearTable(Closing):
    """A simulated table to clear.

    The same seed and the same commands give the same images and outcome, whatever the
    process simulated before.

    Attributes:
        background: Image of the empty table, same camera and light, arm at its retract pose.
        view: The camera of this episode.
        bodies: The objects of this episode.
    """

    def __init__(
        self, sim: SimConfig, scene: SceneConfig | None = None,
        camera: CameraConfig | None = None, arm: ArmModel | None = None,
        success: SuccessRule = CLEARED,
    ) -> None:
        """Connect a physics client and reset with the seed of `sim`; `success` judges."""
        self.sim, self.scene = sim, scene or SceneConfig()
        self.camera, self.arm_model = camera or CameraConfig(), arm or ArmModel.load()
        self._world, self._arm = World(sim), SimArm(self.arm_model)
        self._success = success
        self.reset(sim.seed)

    def reset(self, seed: int) -> Observation:
        """Start the episode of a seed and return its first image, the arm at its retract pose."""
        look_generator, view_generator, object_generator, self._sensor, surface_generator = (
            np.random.default_rng(seed).spawn(5)
        )
        self._effect = make_effect(self.camera.effect)
        self._world.reset()
        self._commands = 0
        self._look = sample_appearance(look_generator, self.sim)
        self.view = sample_view(self.camera, view_generator)
        bodies = build_scene(self._world, self.scene, self._look)
        self._covering = make_covering(self.sim, self.scene, bodies, self._look, surface_generator)
        self._arm.spawn(self._world, self.arm_model.retract)
        late = self.sim.command_delay or self.sim.tracking_lag
        self._lag = Lag(
            np.array(self.arm_model.retract), self.sim.command_delay, self.sim.tracking_lag,
            1.0 / self.sim.command_rate,
        ) if late else None
        self.background = self._render(self.view)
        self._spawn(object_generator)
        return self.observe()

    def _spawn(self, generator: np.random.Generator) -> None:
        """Put the objects on the table and let them settle; what falls off gets a new place."""
        specs = sample_specs(self.sim, self._look.colors, generator)
        places = choose_places(self.sim, len(specs), generator)
        self.bodies = Bodies(
            self._world, specs, sample_spots(specs, places, self.scene, generator),
        )
        for _ in range(RESPAWNS):
            self._rest = np.zeros(len(specs))
            self.settle()
            fallen = [i for i, where in enumerate(self.objects().status) if where != 'table']
            if not fallen:
                return
            for index in fallen:
                spec, others, spots = self._among_others(index)
                spot = sample_spot(spec, places[index], others, spots, self.scene, generator)
                self.bodies.place(index, spot)

    def _among_others(self, index: int) -> tuple[ObjectSpec, tuple[ObjectSpec, ...], Spots]:
        """Return an object, the others, and where those are."""
        specs = self.bodies.specs
        spots = np.delete(self.objects().positions, index, axis=0)
        return specs[index], specs[:index] + specs[index + 1:], spots

    @property
    def time(self) -> float:
        """Simulated time since the reset [s]."""
        return self._world.time

    @property
    def look(self) -> Appearance:
        """Colours and light of this episode."""
        return self._look

    @property
    def joint_names(self) -> tuple[str, ...]:
        """Order of joints in every array."""
        return self._arm.joint_names

    @property
    def joint_positions(self) -> Joints:
        """Measured joint positions [rad]."""
        return self._arm.states()[0]

    @property
    def joint_velocities(self) -> Joints:
        """Measured joint velocities [rad/s]."""
        return self._arm.states()[1]

    @property
    def tool_pose(self) -> Float[np.ndarray, '4 4']:
        """Measured pose of `tool0` in `base_link`."""
        return self._arm.tool_pose()

    def observe(self) -> Observation:
        """Take an image now, with the effect of the camera."""
        image = self._render(self.view)
        image = self._effect(image, self._sensor)
        return Observation(image, self.view, self.time)

    def _render(self, view: CameraView) -> UInt8[np.ndarray, 'height width 3']:
        """Take a picture with all that lies on the surfaces."""
        if self._covering is None:
            return render(self._world, view, self._look)
        image, seen = render_bodies(self._world, view, self._look)
        return self._covering.lay(self._world, view, image, seen)

    def arm_pixels(self) -> Bool[np.ndarray, 'height width']:
        """Return where the camera sees the arm."""
        return sees(self._world, self.view, (self._arm.body,))

    def cover(
        self, low: Float[np.ndarray, '3'], high: Float[np.ndarray, '3'],
    ) -> Callable[[], None]:
        """Hang a plate between two corners [m]: it hides what is below and touches nothing.

        Returns:
            What takes it away again.
        """
        plate = self._world.add_phantom(low, high, COVER)
        return partial(self._world.client.removeBody, plate)

    def step(self, positions: Joints | None = None, velocities: Joints | None = None) -> None:
        """Carry out one command for one command period.

        Args:
            positions: Joint targets [rad]; None holds the last commanded position.
            velocities: Joint velocities at the targets [rad/s]; None means zero.

        Raises:
            RobotError: If a target is not finite or the count is wrong; the arm holds.
        """
        if self._lag is not None:
            positions, velocities = self._lag(positions, velocities)
        if positions is None:
            self._arm.hold()
        else:
            zeros = np.zeros(len(self.joint_names))
            self._arm.command(positions, zeros if velocities is None else velocities)
        self._world.step(round(self.sim.physics_rate / self.sim.command_rate))
        self._commands += 1
        if self._commands % REST_CHECK == 0:
            self._watch_rest()

    def _watch_rest(self) -> None:
        """Count how long each object has been at rest [s]; one that rests is put to sleep."""
        elapsed = REST_CHECK / self.sim.command_rate
        moved = self._moving()
        self._rest = np.where(self.bodies.resting(), self._rest + elapsed, 0.0)
        for index in np.flatnonzero(moved & ~self._moving()):
            self.bodies.sleep(int(index))

    def settle(self, limit: float = SETTLE_LIMIT) -> bool:
        """Hold the arm until every object rests, at most for `limit` [s]; return whether."""
        for _ in range(round(limit * self.sim.command_rate)):
            if not self._moving().any():
                return True
            self.step()
        return not self._moving().any()

    def _moving(self) -> Bool[np.ndarray, ' object']:
        """Return which objects have not yet rested long enough."""
        return np.asarray(self._rest < self.sim.settle_time - 1e-6)

    def execute(self, path: JointPath, on_frame: FrameCallback | None = None) -> None:
        """Carry out a joint path, then wait until the objects rest.

        `on_frame` is called at the image rate with the image, the measured joint positions [rad]
        and the measured pose of `tool0`.
        """
        period = 1.0 / self.sim.command_rate
        frames = round(self.sim.command_rate / self.camera.rate)
        for tick in range(int(np.ceil(path.duration / period)) + 1):
            if on_frame is not None and tick % frames == 0:
                on_frame(self.observe(), self.joint_positions, self.tool_pose)
            self.step(*path.sample(min(tick * period, path.duration)))
        self.settle(limit=1.0)

    def wait(self, seconds: float) -> None:
        """Let time [s] pass while the arm rests."""
        for _ in range(round(seconds * self.sim.command_rate)):
            self.step()

    def snapshot(self) -> Callable[[], None]:
        """Keep this moment.

        Returns:
            What goes back to it, any number of times until the next reset; the arm must be at its
            retract pose again. Contacts are found anew: the same commands then lead to the same
            place, but not bit for bit unless the same was restored and done before.
        """
        state, rest = self._world.client.saveState(), self._rest.copy()
        steps, commands = self._world.steps, self._commands

        def restore() -> None:
            self._world.client.restoreState(stateId=state)
            self._world.steps, self._commands, self._rest = steps, commands, rest.copy()

        return restore

    def objects(self) -> ObjectStates:
        """Return where every object is."""
        specs, (positions, orientations) = self.bodies.specs, self.bodies.poses()
        extents = np.array([spec.extents for spec in specs]).reshape(-1, 3)
        status = tuple(place(position, self.scene) for position in positions)
        names = tuple(spec.name for spec in specs)
        moving = tuple(bool(entry) for entry in self._moving())
        return ObjectStates(names, positions, orientations, extents, status, moving)

    def outcome(self) -> Outcome:
        """Count what is cleared and dropped, after waiting for objects to come to rest."""
        self.settle()
        return score(self.objects(), self._success)

    def close(self) -> None:
        """Disconnect the physics client; closing twice does nothing."""
        self._world.close()
        self._arm.close()
