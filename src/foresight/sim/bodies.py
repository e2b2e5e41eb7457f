"""Objects as physical bodies: creation, poses, rest."""

import numpy as np
import pybullet
from jaxtyping import Bool, Float

from foresight.sim.meshes import load_mesh
from foresight.sim.objects import DROP, ObjectSpec
from foresight.sim.world import World

# Rolling and spinning friction [m] bring spheres to rest within centimetres, as felt would.
DYNAMICS = {
    'rollingFriction': 0.002, 'spinningFriction': 0.001, 'linearDamping': 0.02,
    'angularDamping': 0.1,
}
SLOW, SLOW_TURN = 0.01, 0.3  # m/s and rad/s: below both an object rests


class Bodies:
    """The objects of one episode in one world."""

    def __init__(
        self, world: World, specs: tuple[ObjectSpec, ...], spots: Float[np.ndarray, 'object 3']
    ) -> None:
        """Create each object just above its spot (x, y, yaw)."""
        self._world, self.specs = world, specs
        self.ids = tuple(self._create(spec) for spec in specs)
        for index, spot in enumerate(spots):
            self.place(index, spot)

    def _create(self, spec: ObjectSpec) -> int:
        body = self._world.add_body(_shapes(self._world, spec), (0.0, 0.0, 0.0), spec.mass)
        self._world.client.changeDynamics(
            body, -1, lateralFriction=spec.friction, restitution=spec.restitution, **DYNAMICS,
        )
        return body

    def place(self, index: int, spot: Float[np.ndarray, '3']) -> None:
        """Put an object at rest just above (x, y, yaw) on the table."""
        body, client = self.ids[index], self._world.client
        height = self.specs[index].extents[2] / 2 + DROP
        if self.specs[index].mesh is not None:
            height += DROP  # the centre of mass is not the centre of the box around a mesh
        turn = pybullet.getQuaternionFromEuler((0, 0, spot[2]))
        client.resetBasePositionAndOrientation(body, (spot[0], spot[1], height), turn)
        client.resetBaseVelocity(body, (0, 0, 0), (0, 0, 0))
        client.changeDynamics(body, -1, activationState=pybullet.ACTIVATION_STATE_WAKE_UP)

    def add(self, spec: ObjectSpec, spot: Float[np.ndarray, '3']) -> None:
        """Create one object more just above its spot (x, y, yaw)."""
        self.specs, self.ids = (*self.specs, spec), (*self.ids, self._create(spec))
        self.place(len(self.ids) - 1, spot)

    def remove(self, index: int) -> None:
        """Take an object away."""
        self._world.client.removeBody(self.ids[index])
        self.specs = self.specs[:index] + self.specs[index + 1:]
        self.ids = self.ids[:index] + self.ids[index + 1:]

    def perturb(
        self, index: int, friction: float, mass: float, offset: Float[np.ndarray, '3'],
    ) -> None:
        """Change what no image shows of an object, and move it a little.

        Args:
            index: Place of the object among `specs`, which keep what they were.
            friction: Friction coefficient on the table.
            mass: Mass [kg].
            offset: Shift along x and y [m] and turn about the vertical [rad].
        """
        body, client = self.ids[index], self._world.client
        (x, y, z), orientation = client.getBasePositionAndOrientation(body)
        turn = pybullet.getQuaternionFromEuler((0, 0, offset[2]))
        moved = pybullet.multiplyTransforms((0, 0, 0), turn, (0, 0, 0), orientation)[1]
        client.resetBasePositionAndOrientation(body, (x + offset[0], y + offset[1], z), moved)
        client.changeDynamics(
            body, -1, lateralFriction=friction, mass=mass,
            activationState=pybullet.ACTIVATION_STATE_WAKE_UP,
        )

    def poses(self) -> tuple[Float[np.ndarray, 'object 3'], Float[np.ndarray, 'object 4']]:
        """Return positions [m] and quaternions (x, y, z, w) in `base_link`."""
        poses = [self._world.client.getBasePositionAndOrientation(body) for body in self.ids]
        positions = np.array([position for position, _ in poses]).reshape(-1, 3)
        return positions, np.array([turn for _, turn in poses]).reshape(-1, 4)

    def sleep(self, index: int) -> None:
        """Stop simulating a resting object until something touches it; it costs a third then."""
        self._world.client.changeDynamics(
            self.ids[index], -1, activationState=pybullet.ACTIVATION_STATE_SLEEP,
        )

    def resting(self) -> Bool[np.ndarray, ' object']:
        """Return which objects move slower than the limits of rest."""
        rest = []
        for body in self.ids:
            linear, angular = self._world.client.getBaseVelocity(body)
            rest.append(np.linalg.norm(linear) < SLOW and np.linalg.norm(angular) < SLOW_TURN)
        return np.array(rest, dtype=bool)


def _shapes(world: World, spec: ObjectSpec) -> tuple[int, int]:
    size, color = spec.extents, spec.color
    if spec.mesh is not None:
        mesh = load_mesh(spec.mesh)
        scale = size / mesh.extents
        model: dict[str, object] = {'fileName': str(spec.mesh), 'meshScale': list(scale)}
        return world.add_shape(pybullet.GEOM_MESH, model, color, offset=-mesh.center * scale)
    if spec.kind == 'box':
        return world.add_shape(pybullet.GEOM_BOX, {'halfExtents': list(size / 2)}, color)
    if spec.kind == 'sphere':
        return world.add_shape(pybullet.GEOM_SPHERE, {'radius': size[0] / 2}, color)
    if spec.kind == 'cylinder':
        values = {'radius': size[0] / 2, 'length': size[2]}
        return world.add_shape(pybullet.GEOM_CYLINDER, values, color)
    values = {'radius': size[1] / 2, 'length': size[0] - size[1]}
    return world.add_shape(pybullet.GEOM_CAPSULE, values, color, turn=(0.0, np.pi / 2, 0.0))
