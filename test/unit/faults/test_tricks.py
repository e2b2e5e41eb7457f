"""Claims about what a tap does to messages on the wire, and to what they say."""

from types import SimpleNamespace

import numpy as np
import pytest

from foresight.errors import ConfigError
from foresight.faults.edits import EDITS
from foresight.faults.tricks import make_trick, restamped, stamp_of


def message(stamp: float, content: bytes = b'x') -> bytes:
    return restamped(b'\0\1\0\0' + bytes(8) + content, stamp)


def sent(text: str, count: int = 6) -> list[bytes]:
    trick = make_trick(text)
    stream = (message(0.1 * k, bytes([k])) for k in range(count))
    return [each for k, one in enumerate(stream) for each in trick(one, 0.1 * k)]


def test_a_stamp_is_read_as_it_was_written():
    assert stamp_of(message(1234.567891)) == pytest.approx(1234.567891, abs=1e-9)
    assert message(1.5)[12:] == b'x'


@pytest.mark.parametrize(('text', 'contents', 'stamps'), [
    ('', [0, 1, 2, 3, 4, 5], [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]),
    ('drop', [], []),
    ('freeze', [0] * 6, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]),
    ('stick', [0] * 6, [0.0] * 6),
    ('thin:3', [2, 5], [0.2, 0.5]),
    ('swap', [1, 0, 3, 2, 5, 4], [0.1, 0.0, 0.3, 0.2, 0.5, 0.4]),
    ('shift:-0.25', [0, 1, 2, 3, 4, 5], [0.0, 0.0, 0.0, 0.05, 0.15, 0.25]),
    ('loop:0.25', [0, 1, 2, 3, 4, 5], [0.0, 0.1, 0.2, 0.05, 0.15, 0.0]),
])
def test_each_trick_does_what_its_name_says(text, contents, stamps):
    found = sent(text)
    assert [each[12] for each in found] == contents
    assert [stamp_of(each) for each in found] == pytest.approx(stamps)


def test_delayed_messages_come_in_order_when_they_are_due():
    trick = make_trick('delay:0.5')
    assert not any(trick(message(float(k)), 0.1 * k) for k in range(3))
    assert [stamp_of(each) for each in trick.due(0.65)] == [0.0, 1.0]
    assert [stamp_of(each) for each in trick.due(0.75)] == [2.0]


def test_a_share_is_lost():
    assert 80 < len(sent('lose:0.5', 200)) < 120


@pytest.mark.parametrize('text', ['steal', 'delay', 'drop:1', 'delay:'])
def test_an_unknown_trick_is_refused(text):
    with pytest.raises(ConfigError, match='choose from'):
        make_trick(text)


def picture() -> SimpleNamespace:
    pixels = np.random.default_rng(0).integers(0, 255, (4, 6, 3), np.uint8)
    return SimpleNamespace(
        height=4, width=6, step=18, encoding='rgb8', data=pixels.tobytes(), pixels=pixels,
    )


def joints() -> SimpleNamespace:
    names = [f'joint{k}' for k in range(7)]
    values = [float(k) for k in range(7)]
    return SimpleNamespace(name=names, position=values, velocity=list(values), effort=[])


@pytest.mark.parametrize(('edit', 'shape', 'size'), [
    ('black', (4, 6, 'rgb8'), 72), ('half', (2, 3, 'rgb8'), 18), ('bgr', (4, 6, 'bgr8'), 72),
    ('grey', (4, 6, 'mono8'), 24), ('depth', (4, 6, '16UC1'), 48),
])
def test_a_spoilt_picture_is_a_whole_message(edit, shape, size):
    (made,) = EDITS[edit](picture())
    assert (made.height, made.width, made.encoding) == shape
    assert len(made.data) == size == made.step * made.height


def test_spoilt_joints_are_what_their_names_say():
    assert np.isnan(next(iter(EDITS['nan'](joints()))).position).sum() == 1
    assert EDITS['permute'](joints())[0].position == [1, 2, 3, 4, 5, 6, 0]
    (other,) = EDITS['reorder'](joints())
    assert dict(zip(other.name, other.position)) == dict(zip(joints().name, joints().position))
    assert len(EDITS['miss'](joints())[0].name) == 6
    first, second = EDITS['split'](joints())
    assert first.name + second.name == joints().name and len(first.position) == 4
    assert EDITS['no_velocities'](joints())[0].velocity == []
