"""Images that were recorded as packets of video: decoded from the last whole picture on."""

import re
from typing import Any

import numpy as np

from foresight.errors import ObservationError
from foresight.pictures import MOST_PIXELS, Picture

VIDEO = {
    'foxglove_msgs/msg/CompressedVideo':
        'builtin_interfaces/Time timestamp\nstring frame_id\nuint8[] data\nstring format\n',
    'ffmpeg_image_transport_msgs/msg/FFMPEGPacket':
        'std_msgs/Header header\nint32 width\nint32 height\nstring encoding\nuint64 pts\n'
        'uint8 flags\nbool is_bigendian\nuint8[] data\n',
}
"""Types of packets of video, and what they hold."""
CODECS = (('264', 'h264'), ('265', 'hevc'), ('hevc', 'hevc'))
"""What an encoding is called, and what decodes it."""
WHOLE = {'h264': (0x1F, 0, {5, 7}), 'hevc': (0x7E, 1, {19, 20, 32, 33, 34})}
"""Mask and shift of the kind of a part of a packet, and kinds that begin a whole picture."""
START = re.compile(rb'\x00\x00\x01(.)', re.DOTALL)
LONGEST = 600
"""Packets from a whole picture on; what comes later cannot be decoded."""


def is_packet(message: Any) -> bool:
    """Tell whether a message is a packet of video."""
    return hasattr(message, 'pts') or hasattr(message, 'timestamp')


class Video:
    """Decodes single pictures of a video of which every packet comes."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._packets: list[bytes] = []
        self._codec = ''

    def take(self, message: Any) -> None:
        """Take the next packet.

        Raises:
            ObservationError: If it is of a codec that is not read.
        """
        self._codec, data = codec_of(message), bytes(message.data)
        if begins_picture(data, self._codec):
            self._packets = [data]
        elif 0 < len(self._packets) < LONGEST:
            self._packets.append(data)
        else:
            self._packets = []

    def picture(self) -> Picture:
        """Return the picture of the packet that came last.

        Raises:
            ObservationError: If it cannot be decoded.
        """
        import av  # needs the extra `viz`

        if not self._packets:
            raise ObservationError('no whole picture of the video came before this one: let the '
                                   'encoder send one every second')
        decoder: Any = av.CodecContext.create(self._codec, 'r')
        last = None
        decoder.thread_count = 1
        try:
            for packet in (*map(av.Packet, self._packets), None):  # the last lets all out
                for frame in decoder.decode(packet):
                    if frame.width * frame.height > MOST_PIXELS:
                        raise ObservationError('the video is too large: record a smaller one')
                    last = frame
        except av.FFmpegError as error:
            raise ObservationError(f'a packet of video is damaged ({error}): check the '
                                   'encoder and the network') from error
        if last is None:
            raise ObservationError('a packet of video holds no picture: check the encoder')
        return np.asarray(last.to_ndarray(format='rgb24'))


def codec_of(message: Any) -> str:
    """Return what decodes a packet.

    Raises:
        ObservationError: If nothing does.
    """
    said = str(message.encoding if hasattr(message, 'pts') else message.format).lower()
    found = next((codec for word, codec in CODECS if word in said), '')
    if not found:
        raise ObservationError(f'video in {said!r} is not read: record it as h264, or as '
                               'compressed images')
    return found


def begins_picture(data: bytes, codec: str) -> bool:
    """Tell whether decoding can begin with a packet."""
    mask, shift, kinds = WHOLE[codec]
    return any((part[0] & mask) >> shift in kinds for part in START.findall(data))
