"""Six kinds of impossible events, each beside the possible one that it could be mistaken for.

A builder draws one quadruple, or returns None when the draw does not show what it should.
"""

from dataclasses import replace

import numpy as np

from foresight.sim.clips.course import Course, sample_course
from foresight.sim.clips.quadruple import (
    FRAMES,
    UPRIGHT,
    Builder,
    Props,
    Quadruple,
    exchanged,
    hidden_frame,
    passing,
    roof,
    staged,
    swept,
)
from foresight.sim.clips.stage import Pose, Script, shifted, still

BOLD = 0.6  # RGB distance of a colour change
SMALL, LARGE = (0.03, 0.04), (0.06, 0.07)  # m, before and after a change of shape
PLANK = 0.4  # m, beyond the rectified view
HOLD = 1000.0  # kg, an object that is not to move


def gravity(props: Props) -> Quadruple | None:
    """Slide over an edge: fall where the table ends, go on where a plank bridges the floor."""
    generator, scene = props.generator, props.stage.scene
    edges = (
        (np.array([0.475, scene.table_y[0]]), np.array([0.0, -1.0])),
        (np.array([scene.table_x[1], 0.0]), np.array([1.0, 0.0])),
        (np.array([scene.table_x[0], 0.0]), np.array([-1.0, 0.0])),
    )
    edge, outward = edges[generator.integers(3)]
    along = np.array([outward[1], -outward[0]])
    middle = edge + along * generator.uniform(-0.08, 0.08)
    distance = generator.uniform(0.022, 0.028)
    course = Course(middle, outward, distance, round(0.25 / distance))
    spec = props.spec()
    body, plank = props.stage.add_object(spec), _plank(props, course, spec.color)
    lying = np.array([*(middle + outward * PLANK / 2), -0.01, *UPRIGHT])
    # The seam to the plank would catch the object: it slides on one large board instead.
    bridge, under = props.box((1.0, 1.0, 0.02)), np.array([*middle, -0.01, *UPRIGHT])
    placed = {body: props.start(body, spec, course), bridge: under}
    throw = {body: course.velocity}
    falls, slides = (
        {body: props.stage.simulate(placed, throw, FRAMES, gone={bridge: gone})[body]}
        for gone in (course.event - 2, FRAMES)
    )
    if falls[body][-1, 2] > -0.02 or slides[body][-1, 2] < 0.0:
        return None
    return staged('edge or plank', ({}, {plank: still(lying, FRAMES)}), (falls, slides))


def _plank(props: Props, course: Course, *others: np.ndarray) -> int:
    width = props.generator.uniform(0.14, 0.20)
    size = np.abs(course.direction) * PLANK + np.abs(course.across) * width
    return props.box((size[0], size[1], 0.02), *others)


def permanence(props: Props) -> Quadruple | None:
    """Disappear under a board, or appear from under it; the board or the object may move."""
    course, spec = sample_course(props.generator), props.spec()
    body, moves = props.stage.add_object(spec), props.choice < 0.5
    start = props.start(body, spec, course, 0 if moves else course.event)
    track = _track(props, body, start, course, moves)
    width = props.generator.uniform(0.04, 0.10)
    board, above = roof(props, track[course.event][:2], width, spec)
    scenery = {board: still(above, FRAMES) if moves else swept(above, course)}
    there: Script = {**scenery, body: track}
    event = hidden_frame(props, (there,), (body,), course.event)
    if event is None:
        return None
    return exchanged('under it' if moves else 'swept', there, scenery, event)


def _track(props: Props, body: int, start: Pose, course: Course, moves: bool) -> np.ndarray:
    """Let an object glide along a course, or rest in its middle."""
    return props.glide(body, start, course) if moves else still(start, FRAMES)


def continuity(props: Props) -> Quadruple | None:
    """Jump to another place, under a board or in the open."""
    generator, behind = props.generator, props.choice < 0.5
    middle, spec = sample_course(generator, (0.45, 0.50)), props.spec()
    apart = generator.uniform(0.10, 0.13) * generator.choice([-1.0, 1.0])
    courses = [middle.aside(apart / 2), middle.aside(-apart / 2)]
    if not behind:  # one fast, one slow: the jump is then no more motion than the other clip has
        slow = int(generator.integers(2))
        courses[slow] = replace(courses[slow], speed=generator.uniform(0.008, 0.014))
    body = props.stage.add_object(spec)
    first, second = (
        {body: props.glide(body, props.start(body, spec, course), course)} for course in courses
    )
    if not behind:
        board = passing(props)
        return exchanged('in the open', {**first, **board}, {**second, **board}, middle.event)
    place = (first[body] + second[body])[middle.event, :2] / 2
    roofed, above = roof(props, place, abs(apart) + generator.uniform(0.03, 0.06), spec)
    first[roofed] = second[roofed] = still(above, FRAMES)
    event = hidden_frame(props, (first, second), (body, body), middle.event)
    return None if event is None else exchanged('under a board', first, second, event)


def solidity(props: Props) -> Quadruple | None:
    """Stop at a block in the way or pass beside it; go through the block or stop at nothing."""
    generator = props.generator
    course, spec = sample_course(generator, (0.40, 0.55)), props.spec()
    body = props.stage.add_object(spec)
    depth, width = generator.uniform(0.04, 0.06), generator.uniform(0.10, 0.13)
    block = props.box((width, depth, generator.uniform(0.08, 0.10)), spec.color)
    ahead = course.at(course.event + (depth / 2 + 0.02) / course.speed)
    aside = (0.5 * width + 0.07) * (1.0 if course.middle[0] < 0.475 else -1.0)
    inside = np.array([*ahead, 0.045, *UPRIGHT])
    beside = shifted(inside, np.array([aside, 0.0]))
    start = props.start(body, spec, course)
    throw = {body: course.velocity}
    stops, passes = (
        props.stage.simulate({body: start, block: place}, throw, FRAMES)[body]
        for place in (inside, beside)
    )
    if np.linalg.norm(stops[-1, :2] - passes[-1, :2]) < 0.15:
        return None
    return staged(
        'block', ({block: still(inside, FRAMES)}, {block: still(beside, FRAMES)}),
        ({body: stops}, {body: passes}),
    )


def inertia(props: Props) -> Quadruple | None:
    """Start or stop by itself, alone or while another object passes."""
    return _alone(props) if props.choice < 0.5 else _passed(props)


def _alone(props: Props) -> Quadruple:
    """Glide through a place, or rest there."""
    course, spec = sample_course(props.generator), props.spec()
    body = props.stage.add_object(spec)
    glides = props.glide(body, props.start(body, spec, course), course)
    rests, board = still(glides[course.event], FRAMES), passing(props)
    return exchanged('alone', {body: rests, **board}, {body: glides, **board}, course.event)


def _passed(props: Props) -> Quadruple | None:
    """Be hit and move, or be passed by and rest."""
    generator = props.generator
    course = sample_course(generator, (0.40, 0.55))
    mover_spec, other_spec = props.spec(), props.spec()
    mover, other = props.stage.add_object(mover_spec), props.stage.add_object(other_spec)
    masses = generator.uniform(0.08, 0.12, 2)
    props.stage.weigh(mover, masses[0])
    props.stage.weigh(other, masses[1])
    gap = mover_spec.radius + other_spec.radius
    rest = props.start(other, other_spec, course, course.event + gap / course.speed)
    start = props.start(mover, mover_spec, course)
    throw = {mover: course.velocity}
    hit = props.stage.simulate({mover: start, other: rest}, throw, FRAMES)
    props.stage.weigh(other, HOLD)
    stopped = props.stage.simulate({mover: start, other: rest}, throw, FRAMES)
    aside = (gap + 0.03) * (1.0 if course.middle[0] < 0.475 else -1.0)
    beside = shifted(start, np.array([aside, 0.0]))
    passing = props.stage.simulate({mover: beside, other: rest}, throw, FRAMES)
    moved, kept = hit[other], still(rest, FRAMES)
    if np.linalg.norm(moved[-1, :2] - rest[:2]) < 0.03:
        return None
    event = int(np.flatnonzero(np.abs(moved - rest)[:, :2].max(axis=1) > 1e-3)[0])
    stops = np.concatenate([hit[mover][:event], stopped[mover][event:]])
    return Quadruple(
        'hit or passed',
        ({mover: hit[mover], other: moved}, {mover: passing[mover], other: kept}),
        (
            {mover: stops, other: np.concatenate([moved[:event], kept[event:]])},
            {mover: passing[mover], other: np.concatenate([kept[:event], moved[event:]])},
        ), event,
    )


def constancy(props: Props) -> Quadruple | None:
    """Change colour or shape, under a board or in the open."""
    generator, course = props.generator, sample_course(props.generator)
    number = int(6 * props.choice)
    where, recoloured = ('under a board', 'swept', 'in the open')[number // 2], number % 2 == 0
    spec = props.spec(None if recoloured else SMALL)
    if recoloured:
        twin = replace(spec, color=_far(props, (spec.color, *props.stage.look.colors)))
    else:
        twin = replace(props.spec(LARGE), color=spec.color)
    first, second = (props.stage.add_object(one) for one in (spec, twin))
    begin = course.event if where == 'swept' else 0
    tracks = [
        _track(props, body, props.start(body, one, course, begin), course, where != 'swept')
        for body, one in ((first, spec), (second, spec if recoloured else twin))
    ]
    if recoloured:  # the same motion in another colour
        tracks[1] = tracks[0]
    scripts: tuple[Script, Script] = {first: tracks[0]}, {second: tracks[1]}
    name = f'{"colour" if recoloured else "shape"} {where}'
    if where == 'in the open':
        return exchanged(name, *scripts, course.event)
    place = (tracks[0] + tracks[1])[course.event, :2] / 2
    board, above = roof(props, place, generator.uniform(0.04, 0.08), spec, twin)
    places = swept(above, course) if where == 'swept' else still(above, FRAMES)
    for script in scripts:
        script[board] = places
    event = hidden_frame(props, scripts, (first, second), course.event)
    return None if event is None else exchanged(name, *scripts, event)


def _far(props: Props, colors: tuple[np.ndarray, ...]) -> np.ndarray:
    """Draw a colour far from the first and different from the others."""
    for _ in range(20):
        color = props.color(*colors)
        if np.linalg.norm(color - colors[0]) >= BOLD:
            break
    return color


VIOLATIONS: dict[str, Builder] = {
    'gravity': gravity, 'permanence': permanence, 'continuity': continuity,
    'solidity': solidity, 'inertia': inertia, 'constancy': constancy,
}
