import errno
import hashlib
import re
from pathlib import Path

import pytest

from foresight.errors import ConfigError, FileError
from foresight.files import in_new_names, root, sha256, share, version, write_atomically, writing


def test_root_holds_the_manifest():
    assert share('package.xml') == root() / 'package.xml'
    assert '<name>foresight</name>' in share('package.xml').read_text()


def test_version_is_semantic():
    assert re.fullmatch(r'\d+\.\d+\.\d+', version())


def test_missing_file_names_the_remedy():
    with pytest.raises(ConfigError, match='config/unicorn.yaml.*install foresight-robotics again'):
        share('config/unicorn.yaml')


def test_a_written_file_stands_in_a_new_folder_alone(tmp_path: Path):
    path = tmp_path / 'new' / 'page.md'
    write_atomically(path, '3 µm\n')
    assert path.read_bytes() == '3 µm\n'.encode()
    assert list(path.parent.iterdir()) == [path]


def test_what_breaks_half_way_leaves_the_old_file(tmp_path: Path):
    path = tmp_path / 'arrays.npz'
    write_atomically(path, b'old')
    with pytest.raises(FileError, match=r'arrays\.npz: No space left.*free some disk'), \
            writing(path) as file:
        file.write(b'half')
        raise OSError(errno.ENOSPC, 'No space left on device')
    assert path.read_bytes() == b'old'
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_is_no_folder_is_named(tmp_path: Path):
    write_atomically(tmp_path / 'file', b'')
    with pytest.raises(FileError, match='file/page.md.*choose another place'):
        write_atomically(tmp_path / 'file' / 'page.md', '')


def test_hash_is_that_of_the_parts_in_a_row():
    assert sha256(b'ab', b'c') == sha256(b'abc') == hashlib.sha256(b'abc').hexdigest()


def test_files_of_before_are_read_in_todays_names():
    kept = {'train': {'pushes': 3}, 'rows': [{'max_pushes': 10}], 'seed': 1}
    assert in_new_names(kept) == {
        'train': {'actions': 3}, 'rows': [{'max_actions': 10}], 'seed': 1,
    }
