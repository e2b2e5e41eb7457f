"""docs/architecture.md names files that exist, and each way enters no room twice."""

import re
from itertools import groupby

import pytest

from foresight.files import share

PAGE = share('docs/architecture.md').read_text()
WAYS = {part.splitlines()[0]: part for part in PAGE.split('\n## ')[1:]}


def test_named_files_exist():
    named = re.findall(r'`([a-z_]+/[a-z_/]+\.py)`', PAGE)
    assert named
    assert [name for name in named if not (share('src/foresight') / name).exists()] == []


@pytest.mark.parametrize('way', WAYS.values(), ids=WAYS.keys())
def test_a_way_enters_no_room_twice(way):
    rooms = re.findall(r'^\| `(\w+)/', way, re.MULTILINE)
    entered = [room for room, _ in groupby(rooms)]
    assert len(entered) == len(set(entered))
