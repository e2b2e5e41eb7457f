"""The images of a bag that somebody asks for, rectified; the others are not decoded."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import UInt8

from foresight.data.bags.contract import Contract
from foresight.data.bags.recording import Recording
from foresight.data.bags.storage import OpenBag
from foresight.data.bags.video import Video, is_packet
from foresight.data.episodes import Rectify
from foresight.data.images import image_array
from foresight.data.joint_messages import seconds
from foresight.errors import DatasetError, ObservationError
from foresight.pictures import Picture

Still = UInt8[np.ndarray, 'row col 3']


def stamp_of(message: Any) -> float:
    """Return the time in the header of an image; of a packet of video too [s]."""
    return seconds(message.header.stamp if hasattr(message, 'header') else message.timestamp)


def as_told(message: Any, contract: Contract) -> Any:
    """Return an image with the encoding that the contract says."""
    if not contract.encoding or not hasattr(message, 'step'):
        return message
    return replace(message, encoding=contract.encoding)


def pictures(bag: OpenBag, times: Collection[int]) -> dict[int, Picture]:
    """Decode the images that were recorded at some times [ns]; those that are damaged are not."""
    found: dict[int, Picture] = {}
    wanted, video = set(times), Video()
    for recorded in bag.images(times) if wanted else ():
        message, packet = as_told(recorded.message, bag.contract), is_packet(recorded.message)
        try:
            if packet:
                video.take(message)
            if recorded.nanoseconds in wanted - found.keys():
                found[recorded.nanoseconds] = video.picture() if packet else image_array(message)
        except ObservationError:
            wanted.discard(recorded.nanoseconds)
        if len(found) == len(wanted):
            break
    return found


def pictures_at(
    bag: OpenBag, recording: Recording, places: Collection[int],
) -> dict[int, Picture]:
    """Decode the images at some places of a recording; those that are damaged are not."""
    shown = pictures(bag, [int(recording.recorded[place]) for place in places])
    return {place: shown[time] for place in sorted(set(places))
            if (time := int(recording.recorded[place])) in shown}


def stills(
    bag: OpenBag, recording: Recording, places: Collection[int], rectify: Rectify,
) -> dict[int, Still]:
    """Rectify the images at some places of a recording; those that are damaged are left out.

    Raises:
        DatasetError: If a camera does not see what it must.
    """
    seen = {}
    for place, picture in pictures_at(bag, recording, places).items():
        try:
            straight = recording.lenses[place].straighten(picture)
            seen[place] = rectify(straight, recording.views[place])
        except ObservationError as error:
            raise DatasetError(f'{bag.bag}: {bag.contract.image}: {error}') from error
    return seen
