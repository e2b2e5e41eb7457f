"""Imports point one way; only three folders may touch the outer world."""

import ast
from pathlib import Path

import pytest

from foresight.files import share

SOURCE = share('src/foresight')
# Rooms from the ground up; a room may import those below it, never one beside or above it.
FLOORS = (
    {'arrays', 'closing', 'differences', 'errors', 'files', 'pictures', 'progress', 'protocols',
     'reading', 'registry', 'settings', 'signals', 'zone_frame'},
    {'robots'},
    {'macro_action'},
    {'world_model', 'costs', 'planning'},
    {'data'},
    {'actions', 'calibration'},
    {'tasks'},
    {'agent'},
    {'faults', 'sim', 'learning', 'viz'},
    {'rollout'},
    {'external'},
    {'nodes', 'experiments'},
    {'cli'},
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# What runs on a robot needs nothing of how it came to be and how it is measured.
RUNTIME, APART = {'nodes', 'agent', 'tasks'}, {'learning', 'rollout', 'experiments'}
HOME_OF = {
    'gymnasium': 'external', 'rclpy': 'nodes', 'pybullet': 'sim', 'pybullet_data': 'sim',
    'matplotlib': 'viz',
}
FORBIDDEN = {'pickle', 'cloudpickle', 'dill', 'marshal', 'shelve', 'joblib'}
FILES = sorted(SOURCE.rglob('*.py'))


def imported(path: Path) -> set[str]:
    """Every module a file imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f'{path}:{node.lineno}: relative import'
            module = node.module or ''
            names.update(f'{module}.{alias.name}' for alias in node.names)
    return names


def part(path: Path) -> str:
    """The folder or top-level module a file belongs to."""
    return path.relative_to(SOURCE).parts[0].removesuffix('.py')


@pytest.mark.parametrize('path', FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_one_way(path):
    own = part(path)
    if own == '__init__':
        assert imported(path) <= {'importlib.import_module', 'typing.Any'}
        return
    rooms = {name.split('.')[1] for name in imported(path) if name.startswith('foresight.')}
    above = {
        room for room in rooms - {own}
        if 0 < FLOOR_OF[own] <= FLOOR_OF[room] or FLOOR_OF[own] == 0 < FLOOR_OF[room]
    }
    assert above == set()


@pytest.mark.parametrize('room', sorted(RUNTIME))
def test_the_runtime_needs_neither_learning_nor_evaluation(room):
    files = [path for path in FILES if part(path) == room]
    names = {name for path in files for name in imported(path) if name.startswith('foresight.')}
    assert files and {name.split('.')[1] for name in names} & APART == set()


@pytest.mark.parametrize('path', FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_outer_libraries_stay_in_their_folder(path):
    roots = {name.split('.')[0] for name in imported(path)}
    assert {name for name in roots & set(HOME_OF) if HOME_OF[name] != part(path)} == set()
    assert roots & FORBIDDEN == set()


@pytest.mark.parametrize('path', sorted(share('test/unit').rglob('*.py')), ids=lambda p: p.name)
def test_unit_tests_import_neither_ros_nor_simulator(path):
    roots = {name.split('.')[0] for name in imported(path)}
    assert roots & {'rclpy', 'pybullet'} == set()
