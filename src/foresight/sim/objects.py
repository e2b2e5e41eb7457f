"""The objects of one episode: what they are, and where they stand."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from foresight.sim.appearance import Color, sample_color
from foresight.sim.meshes import load_mesh, seen_paths, unseen_paths
from foresight.sim.settings import SimConfig

ODD = ('disc', 'bar', 'tall')
PRIMITIVES = ('box', 'cylinder', 'sphere', 'capsule')
THIN = (0.009, 0.015)  # m, what is flatter the paddle passes over
DROP = 0.004  # m, objects start this far above the table
Extents = Float[np.ndarray, '3']


@dataclass(frozen=True)
class ObjectSpec:
    """One object before it stands anywhere.

    Attributes:
        name: Unique within the episode, such as `2_box` or `0_blob_017`.
        kind: `box`, `cylinder`, `sphere`, `capsule` (lying along x) or `mesh`.
        extents: Size along its axes [m].
        color: RGB colour in [0, 1].
        mass: Mass [kg].
        friction: Friction coefficient on the table.
        restitution: Share of the speed that is left after it hits a hard thing.
        mesh: Model file, if it is a mesh.
    """

    name: str
    kind: str
    extents: Extents
    color: Color
    mass: float
    friction: float
    mesh: Path | None = None
    restitution: float = 0.0

    @property
    def radius(self) -> float:
        """Radius of the upright cylinder around the object, whatever its yaw [m]."""
        return float(np.hypot(self.extents[0], self.extents[1]) / 2)


def sample_specs(
    sim: SimConfig, avoid: tuple[Color, ...], generator: np.random.Generator
) -> tuple[ObjectSpec, ...]:
    """Draw the objects of one episode, of colours that stand out from those to avoid."""
    count = 0 if sim.object_set == 'empty' else sim.objects
    if sim.extra_objects:
        count += int(generator.integers(sim.extra_objects + 1))
    return tuple(_sample_spec(index, sim, avoid, generator) for index in range(count))


def _sample_spec(
    index: int, sim: SimConfig, avoid: tuple[Color, ...], generator: np.random.Generator
) -> ObjectSpec:
    share = {'seen': sim.mesh_share, 'unseen': 1.0, 'primitives': 0.0}[sim.object_set]
    color = sample_color(generator, avoid, sim.color_distance)
    mass, friction = generator.uniform(*sim.mass), generator.uniform(*sim.friction)
    # Nothing is drawn for what is never so: every other draw stays what it was.
    bounce = generator.uniform(*sim.restitution) if sim.restitution[1] else 0.0
    if sim.odd_share and generator.uniform() < sim.odd_share:
        kind = ODD[generator.integers(len(ODD))]
        extents = _odd_extents(kind, sim, generator)
        shape = 'box' if kind == 'bar' else 'cylinder'
        return ObjectSpec(
            f'{index}_{kind}', shape, extents, color, mass, friction, restitution=bounce,
        )
    if generator.uniform() < share:
        paths = unseen_paths() if sim.object_set == 'unseen' else seen_paths()
        path = paths[generator.integers(len(paths))]
        extents = _fit(load_mesh(path).extents, sim, generator)
        name = f'{index}_blob_{path.stem}' if path.stem.isdigit() else f'{index}_{path.stem}'
        return ObjectSpec(name, 'mesh', extents, color, mass, friction, path, bounce)
    kind = PRIMITIVES[generator.integers(len(PRIMITIVES))]
    extents = _primitive_extents(kind, sim, generator)
    return ObjectSpec(
        f'{index}_{kind}', kind, extents, color, mass, friction, restitution=bounce,
    )


def _odd_extents(kind: str, sim: SimConfig, generator: np.random.Generator) -> Extents:
    """Draw the size of a flat disc, a long bar or a tall cylinder."""
    middle = (sim.size_low + sim.size_high) / 2
    longest, thin = generator.uniform(middle, sim.size_high), generator.uniform(*THIN)
    if kind == 'disc':
        return np.array([longest, longest, thin])
    if kind == 'bar':
        return np.array([longest, generator.uniform(*THIN), thin])
    width = generator.uniform(0.35, 0.6) * longest
    return np.array([width, width, longest])


def _fit(extents: Extents, sim: SimConfig, generator: np.random.Generator) -> Extents:
    """Scale a model so that its longest side has a random size; thicken too thin sides."""
    longest = generator.uniform((sim.size_low + sim.size_high) / 2, sim.size_high)
    return np.clip(extents / extents.max() * longest, sim.size_low, sim.size_high)


def _primitive_extents(kind: str, sim: SimConfig, generator: np.random.Generator) -> Extents:
    size = generator.uniform(sim.size_low, sim.size_high, 3)
    if kind == 'sphere':
        return np.full(3, size[0])
    if kind == 'cylinder':
        return np.array([size[0], size[0], size[2]])
    if kind == 'capsule':
        thickness = sim.size_low + (size[1] - sim.size_low) / 3
        return np.array([max(size[0], 1.2 * thickness), thickness, thickness])
    return size
