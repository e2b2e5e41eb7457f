"""What is wrong with a bag as training data, each with what to do about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from jaxtyping import Float

from foresight.data.bags.actions import at_rest
from foresight.data.bags.contract import IMAGE, INFO, JOINTS, POSE, TF_STATIC, Contract
from foresight.data.bags.recording import Joints
from foresight.data.bags.storage import NEEDED, called_so
from foresight.data.bags.survey import Surveyed, runs
from foresight.pictures import Picture
from foresight.robots.arm import ArmModel

Times = Float[np.ndarray, ' image']
FROZEN, MOVES = 1.0, 0.05  # an image that stays the same so long [s] while joints move [rad/s]
JUMP = 1.0  # a stamp that goes on otherwise than the time of recording by more [s]
SLOW = 1.0  # a message that is older when it is recorded is late [s]
DARK, BRIGHT, MUCH = 12.0, 250, 0.3  # grey levels, and share of the picture
BEYOND = 0.01  # joints may be so far beyond their limits [rad]
ALIKE = 0.9  # of two bags the share of images that are the same
BETTER, MOVING = 0.9, 0.02  # correlation of speeds that tells a joint, and least speed [rad/s]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: its kind in a word, what was seen, and the remedy."""

    kind: str
    what: str
    remedy: str


def missing(topics: Mapping[str, Surveyed], contract: Contract) -> Iterator[Finding]:
    """Say which topics are not there or empty, and what they are needed for."""
    told = called_so(TF_STATIC, topics)
    for name, called in contract.topics().items():
        found = [topic for each in called for topic in called_so(each, topics)
                 if len(topics[topic].received)]
        if found or name not in (*NEEDED, JOINTS) or name == POSE and told:
            continue
        what = 'actions' if name == JOINTS else 'everything'
        yield Finding('missing', f'{(*called, name)[0]} is not in it: needed for {what}',
                      f'record it too ({_WHY[name]}), or name it in a contract')


_WHY = {
    IMAGE: 'the camera', INFO: 'the driver of the camera publishes it beside the image',
    POSE: 'latched, or /tf_static instead', JOINTS: 'they tell when the view is free',
}


def of_times(each: Surveyed, gap: float) -> Iterator[Finding]:
    """Say what is wrong with the times of one topic that ought to come steadily."""
    if each.longest_gap > gap:
        count = int((np.diff(each.received) > gap).sum())
        yield Finding(
            'gap', f'{each.topic}: {count} times nothing for more than {gap:.2f} s, once '
            f'{each.longest_gap:.2f} s', 'check network and disk of the recorder; actions during '
            'a gap are dropped')
    if not len(each.stamps):
        return
    if len(each.stamps) > 1 and float(np.median(each.stamps)) == 0.0:
        yield Finding('no stamp', f'{each.topic}: stamps are zero', 'let the driver stamp its '
                      'messages; until then the times of recording stand for them')
        return
    if each.latency is not None and each.latency > SLOW:
        yield Finding('late', f'{each.topic} is recorded {each.latency:.2f} s after its stamp',
                      'set the clocks alike (chrony, ptp), or find what delays it')
    odd = np.abs(np.diff(each.stamps) - np.diff(each.received)) > JUMP
    if odd.any():
        place = int(odd.argmax())
        yield Finding(
            'clock jump', f'{each.topic}: the stamp goes from {each.stamps[place]:.2f} s to '
            f'{each.stamps[place + 1]:.2f} s within {np.diff(each.received)[place]:.2f} s',
            'do not set clocks or restart the simulation while a bag is open')


def of_image(image: Surveyed, times: Times, joints: Joints) -> Iterator[Finding]:
    """Say where the camera was frozen; `times` are of its images by the joints' clock [s]."""
    same = np.diff(image.marks) == 0
    moving = joints.stamps[np.linalg.norm(joints.velocities, axis=1) > MOVES]
    for first, last in runs(same):
        start, end = times[first], times[last + 1]
        during = moving[(moving >= start) & (moving <= end)]
        if len(during) > 1 and during[-1] - during[0] > FROZEN:
            yield Finding(
                'frozen camera', f'{image.topic}: one picture from {start - times[0]:.1f} to '
                f'{end - times[0]:.1f} s while the arm moves',
                'check cable and driver; leave this part out')
            return


def of_pictures(pictures: Mapping[float, Picture]) -> Iterator[Finding]:
    """Say which of some pictures, by their time [s], are too dark or too bright."""
    dark = [time for time, each in pictures.items() if np.median(each) < DARK]
    bright = [time for time, each in pictures.items()
              if (each.max(axis=2) >= BRIGHT).mean() > MUCH]
    if dark:
        yield Finding('dark', f'{len(dark)} of {len(pictures)} pictures are dark, one at '
                      f'{dark[0]:.1f} s', 'more light, or a longer exposure')
    if bright:
        yield Finding('saturated', f'{len(bright)} of {len(pictures)} pictures are white in large '
                      f'parts, one at {bright[0]:.1f} s', 'a shorter exposure, fixed by hand')


def of_joints(joints: Joints, arm: ArmModel) -> Iterator[Finding]:
    """Say which joints are not those that their names say."""
    beyond = ((joints.positions < arm.position_low - BEYOND)
              | (joints.positions > arm.position_high + BEYOND)).any(axis=0)
    if beyond.any():
        names = ', '.join(np.array(arm.joint_names)[beyond])
        yield Finding('joints', f'{names} beyond the limits of {arm.name}',
                      'check --robot, units (radians) and the order of names in joint_states')
    if (pair := _swapped_speeds(joints)) is not None:
        first, second = (arm.joint_names[place] for place in pair)
        yield Finding('swapped joints', f'the speeds of {first} and {second} are those of one '
                      'another', 'mend the order of velocities in the joint driver')
    if at_rest(joints, arm.retract).any():
        return
    for one, other in combinations(range(len(arm.joint_names)), 2):
        order = np.arange(len(arm.joint_names))
        order[[one, other]] = other, one
        turned = Joints(joints.stamps, joints.positions[:, order], joints.velocities[:, order])
        if at_rest(turned, arm.retract).any():
            yield Finding(
                'swapped joints', f'the arm is never at its retract pose, but would be if '
                f'{arm.joint_names[one]} and {arm.joint_names[other]} changed places',
                'mend the order of names in the joint driver')
            return
    yield Finding('never at rest', f'the arm is never still at the retract pose of {arm.name}',
                  'bring it there between actions, or give the robot file with its own `retract`')


def _swapped_speeds(joints: Joints) -> tuple[int, int] | None:
    """Return two joints of which each moves as the other says."""
    steps = np.diff(joints.stamps)[:, None]
    moved = np.diff(joints.positions, axis=0) / np.maximum(steps, 1e-6)
    said = joints.velocities[1:]
    lively = (moved.std(axis=0) > MOVING) & (said.std(axis=0) > MOVING)
    for first, second in combinations(np.flatnonzero(lively), 2):
        crossed = [np.corrcoef(moved[:, a], said[:, b])[0, 1]
                   for a, b in ((first, second), (second, first))]
        own = [np.corrcoef(moved[:, each], said[:, each])[0, 1] for each in (first, second)]
        if min(crossed) > BETTER > max(own):
            return int(first), int(second)
    return None


def repeated(marks: Mapping[str, np.ndarray]) -> Iterator[tuple[str, Finding]]:
    """Say which bags, by the checksums of their images, are one another's copies."""
    for (name, known), (other, seen) in combinations(marks.items(), 2):
        if min(len(known), len(seen)) < 2:
            continue
        shared = len(np.intersect1d(known, seen)) / max(
            1, min(len(np.unique(known)), len(np.unique(seen))))
        if shared > ALIKE and len(np.unique(known)) > 1:
            yield other, Finding('duplicate', f'{shared:.0%} of its pictures are in {name} too',
                                 'leave one of the two out: what is there twice counts twice')
