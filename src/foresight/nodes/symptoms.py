"""What is wrong with the topics of an arm and a camera, by what was seen of them; without ROS."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from foresight.data.camera import Lens, stamped_pose
from foresight.data.images import image_array
from foresight.data.joint_messages import ArmJoints
from foresight.errors import ObservationError, RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.findings import scaled
from foresight.robots.robot_file import prefixed

AHEAD, APART = 0.05, 0.25  # stamps this far from now, and from one another [s]
SLOWEST = {'image': 4.0, 'joint_states': 20.0}  # [Hz]
OLDEST = {'image': 0.5, 'joint_states': 0.15}  # [s]


@dataclass(frozen=True)
class Symptom:
    """One thing that was looked at: what it is, and what to do where it is wrong."""

    what: str
    found: str
    remedy: str = ''


@dataclass
class Watched:
    """What was seen of one topic.

    Attributes:
        name: Argument of the launch file.
        topic: The topic.
        kind: Message type that is needed.
        kinds: Message types that publishers, or of commands readers, use.
        deaf: Why the nodes do not hear them; empty where they do.
        delays: From stamp to receipt of each message [s].
        receipts: When each came, by the clock of the nodes [s].
        messages: The newest messages.
    """

    name: str
    topic: str
    kind: str
    kinds: tuple[str, ...] = ()
    deaf: str = ''
    delays: list[float] = field(default_factory=list)
    receipts: list[float] = field(default_factory=list)
    messages: list[Any] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Messages a second [Hz]."""
        span = self.receipts[-1] - self.receipts[0] if self.receipts else 0.0
        return (len(self.receipts) - 1) / span if span > 0.0 else 0.0

    @property
    def delay(self) -> float:
        """Usual time from stamp to receipt [s]."""
        return float(np.median(self.delays))


def symptoms(
    watched: dict[str, Watched], arm: ArmModel, rectified: bool, prefix: str = '',
) -> list[Symptom]:
    """Say what was found, in the order in which to mend it."""
    found = [symptom for each in watched.values() for symptom in reach(each)]
    found += clocks(watched)
    found += joints(watched['joint_states'], arm, prefix)
    found += pace(watched)
    found += camera(watched, rectified)
    return found


def reach(seen: Watched) -> Iterator[Symptom]:
    """Say whether messages of a topic reach the nodes, and how often."""
    what, commands = f'{seen.name} ({seen.topic})', seen.name == 'commands'
    others = sorted(set(seen.kinds) - {seen.kind})
    if not seen.kinds:
        yield Symptom(what, 'nobody reads it' if commands else 'nobody publishes it',
                      'activate the controller, or give its topic' if commands else
                      f'start the driver, or give its topic: {seen.name}:=')
    elif others:
        yield Symptom(what, f'is of {", ".join(others)}',
                      f'{seen.kind} is needed: ' + ('set command_interface' if commands else
                                                    f'give another topic: {seen.name}:='))
    elif seen.deaf:
        yield Symptom(what, 'another quality of service', seen.deaf)
    elif commands:
        yield Symptom(what, f'read as {seen.kind}')
    elif not seen.receipts:
        yield Symptom(what, 'it is published, but nothing comes', 'a large image: set the driver '
                      'to reliable, or take config/fastdds.xml; else look into the driver')
    else:
        least = SLOWEST.get(seen.name, 0.0)
        yield Symptom(what, f'{seen.rate:.1f} a second' if least else 'comes',
                      f'at least {least:.0f} a second are needed' if seen.rate < least else '')


def clocks(watched: dict[str, Watched]) -> Iterator[Symptom]:
    """Compare stamps with the clock of the nodes, and with one another."""
    known = {name: watched[name] for name in OLDEST if watched[name].delays}
    for name, seen in known.items():
        remedy = ''
        if seen.delay < -AHEAD:
            remedy = 'stamps are ahead: set the clocks of driver and nodes alike (chrony)'
        elif seen.delay > OLDEST[name]:
            remedy = 'stamps are old: set the clocks alike (chrony), or make the driver faster'
        yield Symptom(f'stamps of {name}', f'{1e3 * seen.delay:.0f} ms before receipt', remedy)
    if len(known) == len(OLDEST):
        apart = known['image'].delay - known['joint_states'].delay
        yield Symptom('clocks of camera and arm', f'{1e3 * abs(apart):.0f} ms apart',
                      'set the clocks of camera and arm alike' if abs(apart) > APART else '')


def joints(seen: Watched, arm: ArmModel, prefix: str = '') -> Iterator[Symptom]:
    """Look for the joints of the arm, inside their limits."""
    if not seen.messages:
        return
    named = {name for message in seen.messages for name in message.name}
    called = prefixed(arm.joint_names, prefix)
    missing = [name for name in called if name not in named]
    if missing:
        yield Symptom('joints', f'{", ".join(missing)} missing among {", ".join(sorted(named))}',
                      'name the joints of the driver in the robot file, or its joint_prefix in '
                      'driver.yaml, or choose another robot')
        return
    reader, read = ArmJoints(called), None
    try:
        for message in seen.messages:
            read = reader.read(message) or read
        if read is not None:
            arm.check_positions(read[0])
    except RobotError as error:
        yield Symptom('joints', str(error), 'move the arm inside its limits, or mend the driver')
        return
    yield Symptom('joints', f'all {len(arm.joint_names)}, inside their limits')


def pace(watched: dict[str, Watched]) -> Iterator[Symptom]:
    """Say how fast the arm's own controller lets it go, where it tells."""
    for message in watched['speed_scaling'].messages[-1:] if 'speed_scaling' in watched else ():
        found = f'{message.data:.0f} % of what is asked'
        yield Symptom('speed of the arm', found, scaled(message.data))


def camera(watched: dict[str, Watched], rectified: bool) -> Iterator[Symptom]:
    """Look at intrinsics, image and pose."""
    lens = None
    for message in watched['camera_info'].messages[-1:]:
        try:
            lens = Lens(message, rectified)
            yield Symptom('lens', f'{lens.width} x {lens.height}, {message.distortion_model}')
        except ObservationError as error:
            yield Symptom('lens', 'cannot be used', str(error))
    for message in watched['image'].messages[-1:]:
        try:
            image = image_array(message)
            image = image if lens is None else lens.straighten(image)
            yield Symptom('picture', f'{image.shape[1]} x {image.shape[0]} in colour')
        except ObservationError as error:
            yield Symptom('picture', 'cannot be used', str(error))
    for message in watched['camera_pose'].messages[-1:] if 'camera_pose' in watched else ():
        try:
            stands = stamped_pose(message)[:3, 3]
            yield Symptom('camera stands at', ', '.join(f'{value:.2f} m' for value in stands))
        except ObservationError as error:
            yield Symptom('camera stands at', 'nowhere', str(error))
