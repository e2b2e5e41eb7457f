"""Claims about files whoever wrote them: bounded, plain, and one line that says what to do."""

import os
from pathlib import Path

import pytest

from foresight.errors import LONGEST, ConfigError, DatasetError, ForesightError
from foresight.reading import LONGEST_YAML, damaged, parse_json, read_json, read_text, read_yaml


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / 'file'
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_plain_yaml_says_what_it_says(tmp_path: Path) -> None:
    path = written(tmp_path, 'a: [1, 2.0, x]\nb: {c: null}\n')
    assert read_yaml(path) == {'a': [1, 2.0, 'x'], 'b': {'c': None}}


@pytest.mark.parametrize(('content', 'message'), [
    ('a: &a [x]\nb: *a\n', 'line 1: write the value out'),
    ('!!python/object/apply:os.system [exit]\n', 'line 1: write the value out'),
    ('!!int ""\n', 'write the value out'),
    ('a: 1\nb: 2\na: 3\n', 'line 1: a key is there twice'),
    ('[' * 40 + ']' * 40, 'nested too deep'),
    ('[' * 5000, 'nested too deep'),
    ('? [1]\n: 2\n', 'cannot be read as YAML'),
    ('a: 2001-99-99\n', 'month must be in 1..12'),
    (b'\xff\xfe\x00', 'cannot be read as YAML'),
    ('a: 1\n---\nb: 2\n', 'cannot be read as YAML'),
])
def test_yaml_that_is_not_plain_is_refused(
    tmp_path: Path, content: str | bytes, message: str,
) -> None:
    with pytest.raises(ValueError, match=message):
        read_yaml(written(tmp_path, content))


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f'larger than {LONGEST_YAML} bytes'):
        read_yaml(written(tmp_path, '#' * (LONGEST_YAML + 1)))


@pytest.mark.parametrize('text', ['{"a": 1, "a": 2}', '[' * 40 + ']' * 40, '[' * 9000, '{'])
def test_json_that_is_ambiguous_or_deep_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_json(text)


@pytest.mark.parametrize('make', [
    lambda path: path.mkdir(), os.mkfifo, lambda path: path.symlink_to(path.name),
    lambda path: path.symlink_to('/dev/zero'), lambda path: None,
])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make: object) -> None:
    path = tmp_path / 'thing'
    make(path)  # type: ignore[operator]
    with pytest.raises(DatasetError, match='thing .*: bring another'), \
            damaged(path, 'bring another', DatasetError):
        read_json(path)


@pytest.mark.parametrize('error', [
    ValueError('x'), KeyError('x'), TypeError('x'), AttributeError('x'), OverflowError('x'),
    ConfigError('x'), DatasetError('x'),
])
def test_damage_names_file_and_remedy(error: Exception) -> None:
    with pytest.raises(DatasetError, match=r'^a/b.*x'), \
            damaged(Path('a/b'), 'delete it', DatasetError):
        raise error


def test_an_error_that_names_the_file_stays_as_it_is() -> None:
    with pytest.raises(DatasetError, match='^a/b is old: mend it$'), \
            damaged(Path('a/b'), 'delete it', DatasetError):
        raise DatasetError('a/b is old: mend it')


def test_text_is_utf8(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='codec'):
        read_text(written(tmp_path, b'\xff'))


def test_an_error_is_one_short_line_that_a_terminal_can_show() -> None:
    line = str(ForesightError(f'a\n\x1b[2J \ud800 {"x" * 5000}: remedy'))
    assert len(line.splitlines()) == 1 and line.isprintable() and line.encode()
    assert len(line) < LONGEST + 10 and line.startswith('a ') and line.endswith(': remedy')
