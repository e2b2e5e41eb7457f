"""Faults of the camera and of what comes of its images."""

from foresight.faults.fault import Fault, Promise, Tampered, Way
from foresight.robots.status import Status

WITHHELD = ('`perception` says so and gives no latent; the push is carried out, and nothing more '
            'is begun')


def _camera(name: str, within: float = 1.5, **lines: str) -> Fault:
    """Return a fault that makes images unusable."""
    promise = Promise(
        WITHHELD, Way.ENDS, node='perception', says=(Status.STALE_IMAGE,), within=within,
    )
    return Fault(f'camera {name}', Tampered(lines), promise)


def _harmless(name: str, text: str, **lines: str) -> Fault:
    return Fault(f'camera {name}', Tampered(lines), Promise(text, Way.GOES_ON))


FAULTS = (
    _camera('frozen', image='freeze', within=4.0),
    _camera('frozen with its stamp', image='stick'),
    _camera('black', image='black'),
    _camera('of half size', image='half', info='half'),
    _camera('grey', image='grey'),
    _camera('of another encoding: depth', image='depth'),
    _harmless('of another encoding: bgr8', 'it is read as well', image='bgr'),
    Fault('camera slow: 1 Hz', Tampered({'image': 'thin:10'}), Promise(
        '`perception` says so between the images; the push goes on', Way.GOES_ON,
        node='perception', says=(Status.STALE_IMAGE,), within=3.0,
    )),
    _camera('3 s late', image='delay:3'),
    _harmless('out of order', 'late images are left out', image='swap'),
    _camera('unplugged and back', image='unplug', info='unplug'),
    Fault('latent not finite', Tampered({'latent': 'nan'}), Promise(
        '`predictor` says so and gives no belief; the push is carried out, and nothing more is '
        'begun', Way.ENDS, node='predictor', says=(Status.STALE_IMAGE,),
    )),
    Fault('latent of another checkpoint', Tampered({'latent': 'other_model'}), Promise(
        '`predictor` says so and gives no belief; the push is carried out, and nothing more is '
        'begun', Way.ENDS, node='predictor', says=(Status.STALE_IMAGE,),
    )),
)
