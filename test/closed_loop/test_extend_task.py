"""Claims about the page that says how to add a task: what it shows runs as it stands."""

import re
import sys
from dataclasses import replace

import pytest
from rich.console import Console

from foresight.experiments.evaluation.measure import Evaluation
from foresight.experiments.experiment import run
from foresight.files import share
from foresight.settings import SceneConfig
from foresight.tasks.success import SUCCESS
from foresight.tasks.task_file import load_task
from foresight.tasks.terms import TERMS

PAGE = share('docs/extend/task.md').read_text()


@pytest.fixture
def written(tmp_path, monkeypatch):
    """The files of the page, each under the name in its first line."""
    for _, name, text in re.findall(r'```(yaml|python)\n# (\S+)\n(.*?)```', PAGE, re.S):
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, 'my_terms', raising=False)
    return tmp_path


def outcome(task, out):
    """Play one tuning episode: success and dropped."""
    settings = replace(
        Evaluation.settings, episodes=1, seed=2001, workers=1, split='seen', policy='planner',
        task=str(task),
    )
    played = run(Evaluation(), settings, out, Console(quiet=True))['splits']['seen']['planner']
    return played['success'], played['dropped']


@pytest.mark.parametrize('name', ['far_half.yaml', 'off_edge.yaml'])
def test_a_task_of_the_page_succeeds(written, name):
    assert outcome(written / name, written / 'out') == (1.0, 0.0)


def test_a_rule_of_ones_own_judges(written):
    rule = load_task(written / 'off_edge.yaml').success.make(SceneConfig())
    assert rule.about == 'every object on the table, away from the near edge'


def test_the_page_names_every_term_and_rule():
    parts = re.split(r'\n## (?:Terms|Success)\n', PAGE)[1:]
    tables = [part.strip().split('\n\n')[0] for part in parts]
    for names, table in zip((TERMS, SUCCESS), tables, strict=True):
        first = [line.split('|')[1] for line in table.splitlines()[2:]]
        assert {name for cell in first for name in re.findall(r'`(\w+)`', cell)} == set(names)
