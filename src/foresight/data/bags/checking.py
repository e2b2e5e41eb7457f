"""Checks bags: what comes how often, what can be used, what is wrong and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from foresight.data.bags.contract import IMAGE, JOINTS
from foresight.data.bags.findings import (
    Finding,
    missing,
    of_image,
    of_joints,
    of_pictures,
    of_times,
    repeated,
)
from foresight.data.bags.folder import find_bags
from foresight.data.bags.importing import BagImport
from foresight.data.bags.stills import pictures_at
from foresight.data.bags.storage import OpenBag, called_so, open_bag
from foresight.data.bags.summary import BagSummary
from foresight.data.bags.survey import Surveyed, survey
from foresight.errors import DatasetError
from foresight.pictures import Picture

SHOWN, FEW = 8, 0.01
"""Pictures of a bag that are looked at; share of images that may be left out."""


@dataclass(frozen=True)
class CheckedBag:
    """What is known of one bag.

    Attributes:
        name: Its folder.
        topics: What comes how often.
        summary: What can be used; None if nothing can.
        findings: What is wrong.
        pictures: Some of its pictures, by their time [s].
        unusable: Why nothing can be used; empty if something can.
    """

    name: str
    topics: dict[str, Surveyed]
    summary: BagSummary | None
    findings: tuple[Finding, ...]
    pictures: dict[float, Picture]
    unusable: str = ''


def check_bags(reader: BagImport, folder: Path) -> list[CheckedBag]:
    """Check every bag in a folder and below, also against one another.

    Raises:
        DatasetError: If there is none.
    """
    bags = [folder] if folder.is_file() else find_bags(folder)
    if not bags:
        raise DatasetError(f'{folder} holds no bag: give a folder of bags, or a bag')
    checked = {str(bag): check_bag(reader, bag) for bag in bags}
    marks = {name: image.marks for name, each in checked.items()
             if (image := _image(reader, each.topics)) is not None}
    for name, finding in repeated(marks):
        checked[name] = replace(checked[name], findings=(*checked[name].findings, finding))
    return list(checked.values())


def check_bag(reader: BagImport, bag: Path) -> CheckedBag:
    """Check one bag."""
    try:
        topics, lost = survey(bag)
    except DatasetError as error:
        return CheckedBag(str(bag), {}, None, (), {}, str(error))
    found = [Finding('damaged', each, 'what is whole is used') for each in lost]
    found += missing(topics, reader.contract)
    for each in _steady(reader, topics):
        found += of_times(each, reader.config.gap)
    try:
        with open_bag(bag, reader.contract) as opened:
            return _used(reader, opened, topics, found)
    except DatasetError as error:
        return CheckedBag(str(bag), topics, None, tuple(found), {}, str(error))


def _used(reader: BagImport, bag: OpenBag, topics: dict[str, Surveyed],
          found: list[Finding]) -> CheckedBag:
    """Check a bag that can be opened."""
    recording = reader.recording(bag)
    places = np.unique(np.linspace(0, len(recording.stamps) - 1, SHOWN).astype(int)).tolist()
    seen = {float(recording.stamps[place] - recording.stamps[0]): picture
            for place, picture in pictures_at(bag, recording, places).items()}
    found += of_pictures(seen)
    image, joints = _image(reader, topics), recording.joints
    if joints is not None:
        found += of_joints(joints, reader.model)
        if image is not None:
            delay = 1e-9 * float(recording.recorded[0]) - float(recording.stamps[0])
            found += of_image(image, image.received - delay, joints)
    summary = None
    try:
        actions = reader.actions(bag, recording)
        summary = reader.summary(actions)
        found += _of_summary(summary)
    except DatasetError as error:
        found.append(Finding('no actions', str(error), 'as said'))
    return CheckedBag(str(bag.bag), topics, summary, tuple(found), seen)


def _of_summary(summary: BagSummary) -> Iterator[Finding]:
    """Say what is left out."""
    for remark in summary.remarks:
        yield Finding('stamps' if 'stamps' in remark else 'remark', remark, 'see docs/data.md')
    for what, counts in (('actions', summary.dropped), ('images', summary.left_out)):
        for reason, count in counts.items():
            if what == 'images' and count < FEW * summary.images:
                continue  # such as those before the first camera_info
            yield Finding('left out', f'{count} {what}: {reason}', 'see docs/data.md')
    if not summary.actions:
        yield Finding('no actions', 'no action can be used', 'what is left out says why; where '
                      'nobody tells the actions, a contract without `action` finds them')


def _steady(reader: BagImport, topics: dict[str, Surveyed]) -> list[Surveyed]:
    """Return the topics that ought to come without a break."""
    named = reader.contract.topics()
    names = [topic for name in (IMAGE, JOINTS) for each in named[name]
             for topic in called_so(each, topics)]
    return [topics[name] for name in names]


def _image(reader: BagImport, topics: dict[str, Surveyed]) -> Surveyed | None:
    """Return the topic of the image."""
    return next((each for each in _steady(reader, topics) if len(each.marks)), None)
