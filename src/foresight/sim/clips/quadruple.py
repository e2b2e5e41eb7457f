"""Quadruples of clips: two possible ones, and two impossible ones made of the same states.

Each is a 2 x 2 design: two beginnings (or scenes) and two continuations. The two that belong
together are possible; exchanging the continuations makes the two impossible clips out of the very
same simulated states. Whatever a single frame, the amount of motion or the continuation alone
shows, possible and impossible clips show it equally often.

References:
    Riochet et al., IntPhys, arXiv:1803.07616: quadruplets of clips with matched frames.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from foresight.sim.appearance import sample_color
from foresight.sim.clips.course import Course, Point
from foresight.sim.clips.stage import Pose, Poses, Script, Stage, shifted, still
from foresight.sim.objects import ObjectSpec, sample_specs

FRAMES = 20
UPRIGHT = (0.0, 0.0, 0.0, 1.0)
EARLIEST = 8  # First frame at which the clips of a pair may differ.
ROOF_HEIGHT = (0.12, 0.16)  # m, boards that hide objects are held above them


@dataclass(frozen=True)
class Quadruple:
    """Two possible clips and the two impossible ones with their continuations exchanged.

    Attributes:
        variant: What happens, in a word or two.
        impossible: Each begins as the possible one of its place.
        event: Frames before this one are the same in both clips of a pair.
    """

    variant: str
    possible: tuple[Script, Script]
    impossible: tuple[Script, Script]
    event: int


@dataclass(frozen=True)
class Props:
    """What a builder of quadruples works with.

    Attributes:
        stage: Where bodies are made and simulated.
        generator: Source of randomness.
        choice: Which variant to build, in [0, 1); kept when a draw is rejected, so that variants
            which fail more often are no rarer.
    """

    stage: Stage
    generator: np.random.Generator
    choice: float

    def spec(self, size: tuple[float, float] | None = None) -> ObjectSpec:
        """Draw one object."""
        sim = replace(self.stage.sim, objects=1)
        if size is not None:
            sim = replace(sim, size_low=size[0], size_high=size[1])
        return sample_specs(sim, self.stage.look.colors, self.generator)[0]

    def color(self, *others: np.ndarray) -> np.ndarray:
        """Draw a colour that stands out from the scene and from others."""
        return sample_color(self.generator, (*self.stage.look.colors, *others), 0.35)

    def box(self, size: tuple[float, float, float], *others: np.ndarray) -> int:
        """Create a static box whose colour stands out."""
        return self.stage.add_box(size, self.color(*others))

    def start(self, body: int, spec: ObjectSpec, course: Course, frame: int | float = 0) -> Pose:
        """Let an object rest where a course is at a frame; then put it exactly there."""
        spot = np.array([*course.at(frame), self.generator.uniform(-np.pi, np.pi)])
        pose = self.stage.settle(body, spec, spot)
        return shifted(pose, spot[:2] - pose[:2])

    def glide(self, body: int, pose: Pose, course: Course) -> Poses:
        """Simulate an object that slides along a course, alone on the table."""
        return self.stage.simulate({body: pose}, {body: course.velocity}, FRAMES)[body]


Builder = Callable[[Props], Quadruple | None]


def exchanged(variant: str, first: Script, second: Script, event: int) -> Quadruple:
    """Exchange the continuations of two scripts from a frame on."""
    def joined(begin: Script, end: Script) -> Script:
        away = still(np.array([0.0, 0.0, -50.0, *UPRIGHT]), FRAMES)
        return {
            body: np.concatenate([begin.get(body, away)[:event], end.get(body, away)[event:]])
            for body in begin.keys() | end.keys()
        }
    return Quadruple(
        variant, (first, second), (joined(first, second), joined(second, first)), event,
    )


def staged(
    variant: str, scenes: tuple[Script, Script], motions: tuple[Script, Script],
) -> Quadruple | None:
    """Play each of two motions in each of two scenes; they begin alike, up to rounding."""
    first, second = motions
    apart = [np.abs(first[body] - second[body])[:, :3].max(axis=1) for body in first]
    differs = np.flatnonzero(np.max(apart, axis=0) > 1e-3)
    if not len(differs) or differs[0] < EARLIEST:
        return None
    event = int(differs[0])
    second = {body: np.concatenate([first[body][:event], second[body][event:]]) for body in second}
    return Quadruple(
        variant, ({**scenes[0], **first}, {**scenes[1], **second}),
        ({**scenes[0], **second}, {**scenes[1], **first}), event,
    )


def roof(props: Props, place: Point, width: float, *specs: ObjectSpec) -> tuple[int, Pose]:
    """Create a board above a place [m], just long enough to hide each object.

    Across the course it is wider than the objects by `width` [m].
    """
    generator = props.generator
    largest = max(2 * spec.radius for spec in specs)
    length, height = largest + generator.uniform(0.03, 0.05), generator.uniform(*ROOF_HEIGHT)
    size = (width + largest, length, 0.01)
    body = props.box(size, *(spec.color for spec in specs))
    return body, np.array([*place, height, *UPRIGHT])


def swept(pose: Pose, course: Course) -> Poses:
    """Carry a board along a course."""
    offsets = [course.at(frame) - course.middle for frame in range(FRAMES)]
    return np.stack([shifted(pose, offset) for offset in offsets])


def passing(props: Props) -> Script:
    """Carry a board past, beside the table.

    It moves in every clip of a quadruple: without it, starting and jumping things would show in
    how much of the picture changes at once.
    """
    generator = props.generator
    size = (generator.uniform(0.06, 0.09), generator.uniform(0.08, 0.16), 0.01)
    sign, x = generator.choice([-1.0, 1.0]), generator.choice([0.235, 0.715])
    speed, event = generator.uniform(0.018, 0.030), int(generator.integers(8, 12))
    middle = np.array([x, generator.uniform(-0.1, 0.0)])
    course = Course(middle, np.array([0.0, sign]), speed, event)
    body = props.box(size)
    return {body: swept(np.array([*middle, generator.uniform(0.03, 0.06), *UPRIGHT]), course)}


def hidden_frame(
    props: Props, scripts: tuple[Script, ...], bodies: tuple[int, ...], around: int,
) -> int | None:
    """Return a frame in which no script shows its body, the closest to another; None if none."""
    for frame in sorted(range(EARLIEST, around + 3), key=lambda frame: abs(frame - around)):
        shown = zip(scripts, bodies, strict=True)
        if not any(props.stage.sees(script, frame, body) for script, body in shown):
            return frame
    return None
