"""Claims about memories on disk."""

import math
from dataclasses import replace

import pytest
import torch

from foresight.errors import FileError, MemoryFileError
from foresight.settings import SceneConfig
from foresight.world_model.belief.memory import Memory
from foresight.world_model.belief.memory_file import MemoryOwner, load_memory, save_memory

OWNER = MemoryOwner('abc', SceneConfig())
MEMORY = Memory(
    torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(0)),
    torch.arange(20.0).reshape(4, 5), torch.rand(4, 5, generator=torch.Generator().manual_seed(1)),
    12.0,
)


def test_memory_comes_back_older_by_the_time_that_passed(tmp_path):
    path = tmp_path / 'deep' / 'memory.safetensors'
    save_memory(path, MEMORY, OWNER, 1000.0)
    found = load_memory(path, OWNER, 1030.0)
    assert torch.equal(found.latent, MEMORY.latent)
    assert torch.equal(found.confidence, MEMORY.confidence)
    assert torch.equal(found.age, MEMORY.age + 30.0)
    assert found.stamp == -math.inf


def test_a_wall_clock_that_was_set_back_does_not_make_memory_younger(tmp_path):
    path = tmp_path / 'memory.safetensors'
    save_memory(path, MEMORY, OWNER, 1000.0)
    assert torch.equal(load_memory(path, OWNER, 900.0).age, MEMORY.age)


def test_cells_never_seen_stay_unknown(tmp_path):
    path = tmp_path / 'memory.safetensors'
    save_memory(path, replace(MEMORY, age=torch.full((4, 5), torch.inf)), OWNER, 0.0)
    assert not load_memory(path, OWNER, 5.0).complete


@pytest.mark.parametrize(('owner', 'words'), [
    (MemoryOwner('def', SceneConfig()), 'another world model'),
    (MemoryOwner('abc', SceneConfig(table_depth=0.4)), 'another scene'),
])
def test_memory_of_another_model_or_scene_is_refused_and_kept(tmp_path, owner, words):
    path = tmp_path / 'memory.safetensors'
    save_memory(path, MEMORY, OWNER, 0.0)
    before = path.read_bytes()
    with pytest.raises(MemoryFileError, match=f'{words}.*delete'):
        load_memory(path, owner, 0.0)
    assert path.read_bytes() == before


@pytest.mark.parametrize('content', [b'', b'nonsense', b'\x08\0\0\0\0\0\0\0{}      '])
def test_a_damaged_memory_says_to_delete_it(tmp_path, content):
    path = tmp_path / 'memory.safetensors'
    path.write_bytes(content)
    with pytest.raises(MemoryFileError, match='delete it'):
        load_memory(path, OWNER, 0.0)


def test_a_memory_cut_short_says_to_delete_it(tmp_path):
    path = tmp_path / 'memory.safetensors'
    save_memory(path, MEMORY, OWNER, 0.0)
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(MemoryFileError, match='delete it'):
        load_memory(path, OWNER, 0.0)


def test_a_memory_that_cannot_be_written_says_where(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(FileError, match='cannot write'):
        save_memory(tmp_path / 'file' / 'memory.safetensors', MEMORY, OWNER, 0.0)
