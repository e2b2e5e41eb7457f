"""The public face: what `import foresight` offers, and what it does not cost."""

import subprocess
import sys
from typing import Any

import pytest

import foresight

QUICK = """
import sys, time
start = time.perf_counter()
import foresight
dir(foresight)
print(time.perf_counter() - start, *({'torch', 'numpy', 'cv2', 'pybullet'} & set(sys.modules)))
"""


@pytest.mark.parametrize('name', foresight.__all__)
def test_public_name_is_there_and_documented(name):
    found: Any = getattr(foresight, name)
    assert found.__name__ == name and len(found.__doc__) > 20
    assert name in dir(foresight)


def test_importing_it_is_quick_and_brings_no_library():
    said = subprocess.run(
        [sys.executable, '-c', QUICK], capture_output=True, text=True, check=True, timeout=60,
        env={'PYTHONPATH': str(foresight.__path__[0]).removesuffix('/foresight')},
    ).stdout.split()
    assert float(said[0]) < 0.3 and said[1:] == []


def test_what_is_not_public_is_no_attribute():
    with pytest.raises(AttributeError, match='dynamics'):
        _ = foresight.dynamics
