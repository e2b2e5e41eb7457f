"""What goes wrong with a file, by accident or on purpose: bytes, values, and what it is."""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

DEEP: Any = 'bottom'
for _ in range(400):
    DEEP = [DEEP]
VALUES = (
    None, True, False, 0, -1, 1, 2**31, 2**63, -2**63 - 1, 10**400, 0.5, -0.0, 1e308, 1e-320,
    float('nan'), float('inf'), -float('inf'), '', 'x', '0', 'nan', '1e999', '\ud800',
    'x' * 20_000, '\x00', '\x1b[2J', 'a\nb', '../../../etc/passwd', '/etc/passwd', '~',
    '${evil}', '%s%n', 'os:system', [], {}, [[]], [None], [0.0] * 5000, [1, 'a', None],
    {'x': {'y': []}}, {'': None}, [1.0, 2.0], ['left', 'left'], DEEP,
)
"""Values that somebody might write where another is meant."""
CHUNKS = (
    b'', b'\x00', b'\xff' * 4, b'\xff' * 8, b'\x7f\xff\xff\xff', b'\xff\xff\xff\x7f',
    b'\x00\x00\x00\x80', b'\x00' * 64, b'\r\n', b'\xed\xa0\x80', b'\xc3\x28', b'{' * 500,
    b'[' * 5000, b'9' * 6000, b'NaN', b'-Infinity', b'1e999', b'"', b"'", b': ', b'\n- ', b'<',
    b'>', b'&a ', b'*a', b'!!python/object:os.system x', b'${1/0}', b'$(eval 1)', b'\x89MCAP0\r\n',
)
"""Bytes that mean something to one reader or another."""
Change = Callable[[bytes, random.Random], bytes]


def flip(data: bytes, dice: random.Random) -> bytes:
    """Flip a few bits."""
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 8, 32))):
        if changed:
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def cut(data: bytes, dice: random.Random) -> bytes:
    """Leave out the end."""
    return data[:dice.randrange(len(data) + 1)]


def leave_out(data: bytes, dice: random.Random) -> bytes:
    """Leave out a part."""
    first, last = _part(data, dice)
    return data[:first] + data[last:]


def repeat(data: bytes, dice: random.Random) -> bytes:
    """Say a part again."""
    first, last = _part(data, dice)
    return data[:last] + data[first:last] * dice.choice((1, 2, 20)) + data[last:]


def put_in(data: bytes, dice: random.Random) -> bytes:
    """Put bytes in, or write them over others."""
    chunk, place = dice.choice(CHUNKS), dice.randrange(len(data) + 1)
    return data[:place] + chunk + data[place + dice.choice((0, len(chunk))):]


def swap(data: bytes, dice: random.Random) -> bytes:
    """Write one part over another."""
    first, last = _part(data, dice)
    place = dice.randrange(len(data) + 1)
    return data[:place] + data[first:last] + data[place + last - first:]


CHANGES: tuple[Change, ...] = (flip, flip, cut, leave_out, repeat, put_in, put_in, swap)


def change_bytes(data: bytes, dice: random.Random) -> bytes:
    """Do one or a few things to some bytes."""
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        data = dice.choice(CHANGES)(data, dice)
    return data


def change_value(value: Any, dice: random.Random) -> Any:
    """Return plain data of which one part, at any depth, is another, is gone or has come."""
    if not isinstance(value, (dict, list)) or not value or dice.random() < 0.12:
        return dice.choice(VALUES)
    changed: Any = value.copy()
    key = dice.choice(list(changed) if isinstance(changed, dict) else range(len(changed)))
    fate = dice.random()
    if fate < 0.1:
        del changed[key]
    elif fate < 0.15 and isinstance(changed, dict):
        changed[dice.choice(('unknown', '', 'x' * 300, '__class__'))] = changed.pop(key)
    elif fate < 0.2 and isinstance(changed, list):
        changed += [changed[key]] * dice.choice((1, 3, 1000))
    elif fate < 0.5:
        changed[key] = dice.choice(VALUES)
    else:
        changed[key] = change_value(changed[key], dice)
    return changed


def change_json(data: bytes, dice: random.Random) -> bytes:
    """Change the values of JSON, or its bytes."""
    if dice.random() < 0.4:
        return change_bytes(data, dice)
    value = json.loads(data)
    for _ in range(dice.choice((1, 1, 2, 3))):
        value = change_value(value, dice)
    return json.dumps(value).encode()


def become(path: Path, dice: random.Random) -> None:
    """Make a file something else: nothing, a folder, a pipe, a link to itself or to a device."""
    path.unlink()
    kind = dice.randrange(7)
    if kind == 0:
        path.mkdir()
    elif kind == 1:
        os.mkfifo(path)
    elif kind == 2:
        path.symlink_to(path.name)
    elif kind == 3:
        path.symlink_to('/dev/zero')
    elif kind == 4:
        path.write_bytes(b'')
    elif kind == 5:
        with path.open('wb') as file:
            file.truncate(8 << 30)  # a hole: long, but it takes no room


def _part(data: bytes, dice: random.Random) -> tuple[int, int]:
    """Choose a part, rather a short one."""
    first = dice.randrange(len(data) + 1)
    return first, min(len(data), first + dice.choice((1, 4, 16, 64, 512, 4096)))
