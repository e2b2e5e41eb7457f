"""Habits that a reader relies on and no linter checks."""

import ast
import re
from pathlib import Path

import pytest

from foresight.files import share

FILES = sorted(share('src/foresight').rglob('*.py'))
GLOBAL_RANDOMNESS = {
    'torch.manual_seed', 'torch.random.manual_seed', 'random.seed', 'random.random',
    'random.uniform', 'random.choice', 'random.shuffle', 'random.randint', 'random.gauss',
}
DRAWS = {'rand', 'randn', 'randint', 'randperm', 'normal', 'bernoulli', 'multinomial'}
UNSAFE = {'torch.load', 'torch.save', 'yaml.load', 'eval', 'exec'}
# Settings that are not beside their component yet.
MAY_BE_LONG = {'settings.py'}
# A node outlives whatever its callbacks raise, in one place.
MAY_CATCH_ALL = {'surviving.py'}
VAGUE = {'utils', 'util', 'helpers', 'helper', 'common', 'manager', 'misc'}


def calls(path: Path) -> list[tuple[str, ast.Call]]:
    tree = ast.parse(path.read_text())
    return [
        (ast.unparse(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call)
    ]


def where(path: Path, node: ast.AST) -> str:
    return f'{path.name}:{getattr(node, "lineno", 0)}'


def fenced(path: Path) -> set[int]:
    """Lines inside `with fork_rng()`: seeding there is undone at the end of the block."""
    blocks = [
        node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.With)
        and any('fork_rng' in ast.unparse(item) for item in node.items)
    ]
    return {line for node in blocks for line in range(node.lineno, (node.end_lineno or 0) + 1)}


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_every_random_draw_names_its_generator(path):
    offenders, undone = [], fenced(path)
    for name, node in calls(path):
        unseeded = name == 'np.random.default_rng' and not node.args and not node.keywords
        legacy = re.fullmatch(r'(np|numpy)\.random\.[a-z_]+', name) and 'default_rng' not in name
        keywords = {keyword.arg for keyword in node.keywords}
        global_draw = name in {f'torch.{draw}' for draw in DRAWS} and 'generator' not in keywords
        seeding = name in GLOBAL_RANDOMNESS and node.lineno not in undone
        if unseeded or legacy or global_draw or seeding:
            offenders.append(f'{where(path, node)}: {name}')
    assert offenders == []


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_nothing_unpickles_or_evaluates(path):
    assert [where(path, node) for name, node in calls(path) if name in UNSAFE] == []


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_no_broad_except(path):
    handlers = [node for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.ExceptHandler)]
    broad = [
        where(path, node) for node in handlers
        if node.type is None or ast.unparse(node.type) in ('Exception', 'BaseException')
    ]
    assert broad == [] or path.name in MAY_CATCH_ALL


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_file_is_short_and_its_name_is_a_noun(path):
    assert path.stem not in VAGUE
    assert path.name in MAY_BE_LONG or len(path.read_text().splitlines()) <= 300


def test_annotations_are_real_objects():
    future = 'from __future__ import ' + 'annotations'
    assert [path.name for path in FILES if future in path.read_text()] == []
