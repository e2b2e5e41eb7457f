"""Claims about expressions in robot files: numbers come out, and nothing else happens."""

import math

import pytest

from foresight.robots.arithmetic import Value, evaluate

KNOWN: dict[str, Value] = {'width': 0.5, 'name': 'arm', 'e': 2, 'on': True}


@pytest.mark.parametrize(('text', 'value'), [
    ('1 + 2 * 3', 7), ('-width / 2', -0.25), ('pi / 2', math.pi / 2), ('math.pi', math.pi),
    ('-97 * pi / 180', -97 * math.pi / 180), ('e', 2), ('sin(0)', 0.0), ('math.sqrt(4)', 2.0),
    ('2 ** 3', 8), ('7 // 2 + 7 % 2', 4), ('max(1, width)', 1), ("name == 'arm' and on", True),
    ('1 if width > 1 else 2', 2), ("name + '_1'", 'arm_1'), ('not on', False), ('radians(180)',
                                                                               math.pi),
])
def test_arithmetic_has_its_value(text: str, value: Value) -> None:
    assert evaluate(text, KNOWN.__getitem__) == value


@pytest.mark.parametrize('text', [
    '__import__("os")', 'open("x")', '().__class__', 'name.upper()', '[x for x in (1,)]',
    'lambda: 1', 'name[0]', "'%c' % 36", "'a' * 10 ** 9", '9 ** 9 ** 9 ** 9', '2 ** 64 * 2 ** 64',
    '1 / 0', 'unknown', '', '1 +', 'a := 1', "f'{name}'", 'eval("1")', '(-8) ** 0.5', '1' * 501,
    'xacro.load_yaml("/etc/passwd")', 'int("7")', 'max(*width)', '1e308 * 10 if 1 < 2 < 3 else 0',
    'math.inf.real', '1j',
])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        evaluate(text, KNOWN.__getitem__)


def test_a_number_cannot_grow_without_end() -> None:
    value: Value = 'x' * 4000
    with pytest.raises(ValueError, match='too long'):
        evaluate('a + a', lambda _: value)
