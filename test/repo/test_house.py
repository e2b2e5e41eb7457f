"""The house in numbers: small rooms, no circles, a runtime that learns nothing."""

import importlib.util
import subprocess
import sys

import pytest

from foresight.files import share

SCRIPT = share('test/repo/house.py')
# What is there only shrinks, towards 25 000; a new room raises it by its own lines.
LINES = 45_584
# Lines outside its folder that name the one macro-action there is.
ACTION_LINES = 120


@pytest.fixture(scope='module')
def house():
    spec = importlib.util.spec_from_file_location('house', SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules['house'] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope='module')
def measured(house):
    return house.measure()


def test_no_room_holds_more_than_its_share(measured):
    assert measured.biggest_share <= 0.18, measured.rooms


def test_no_modules_import_in_a_circle(measured):
    assert measured.circles == []


def test_a_circle_is_found(house):
    graph = {'a': {'b'}, 'b': {'c'}, 'c': {'b'}, 'd': {'a'}}
    assert house.circles(graph) == [['b', 'c']]


def test_the_runtime_imports_neither_learning_nor_experiments(measured):
    assert measured.runtime_learns == []


def test_files_and_functions_stay_short(measured):
    assert measured.median_file <= 90
    assert measured.median_function <= 8


def test_the_house_only_shrinks(measured):
    assert measured.lines <= LINES
    assert measured.action_lines <= ACTION_LINES


def test_the_script_prints_the_figures():
    printed = subprocess.run(
        [sys.executable, SCRIPT], capture_output=True, text=True, check=True, timeout=60,
    ).stdout
    assert '"biggest_share"' in printed
