from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from foresight.errors import ConfigError
from foresight.experiments.ablation.labels import LABELS
from foresight.experiments.ablation.methods import METHODS, QUICK
from foresight.experiments.ablation.robot_hours import ROBOT_HOURS
from foresight.experiments.ablation.rows import Budget
from foresight.experiments.ablation.transfer import TRANSFER
from foresight.experiments.experiment import find_experiment
from foresight.learning.settings import TrainConfig

TINY = Budget(steps=4, head_steps=3)
TABLES = METHODS, QUICK, LABELS, TRANSFER, ROBOT_HOURS


@pytest.mark.parametrize('table', TABLES, ids=lambda table: table.page)
def test_every_row_has_settings_and_a_name_of_its_own(table):
    assert len({row.name for row in table.rows}) == len(table.rows)
    for row in (*table.rows, *table.before):
        train = row.settings(TrainConfig(), 5, TINY, 'start')
        assert (train.seed, train.labels) == (5, row.labels)
        assert train.steps == (3 if row.head_only else 4)


def test_tables_have_pages_of_their_own():
    assert len({table.page for table in TABLES}) == len(TABLES)


def test_rows_that_tables_share_have_the_same_settings():
    methods = {row.name: row for row in METHODS.rows}
    shared = [row for table in (LABELS, QUICK) for row in table.rows if row.name in methods]
    assert len(shared) == len(QUICK.rows) + 4
    for row in shared:
        assert row.changes == methods[row.name].changes
    sharing = [table for table in TABLES if table.shares]
    assert [(table, table.shares) for table in sharing] == [(LABELS, METHODS.page)]


def test_unknown_rows_say_what_there_is():
    ablation, transfer = find_experiment('ablation'), find_experiment('transfer')
    console = Console(quiet=True)
    with pytest.raises(ConfigError, match="'magic' is unknown: choose from vicreg_inverse"):
        ablation.measure(replace(ablation.settings, rows='vicreg_inverse,magic'), console)
    with pytest.raises(ConfigError, match="'play'"):
        transfer.measure(replace(transfer.settings, rows='play'), console)


@pytest.mark.parametrize('name, table', [
    ('ablation', METHODS), ('quick', QUICK), ('labels', LABELS), ('transfer', TRANSFER),
    ('practice', ROBOT_HOURS),
])
def test_usual_settings_are_the_budget_and_the_folders_of_the_table(name, table):
    experiment = find_experiment(name)
    settings = experiment.settings
    assert settings.budget == table.budget
    assert settings.results == Path('out/results') / experiment.name(settings)
    assert settings.runs == Path('runs') / (table.shares or table.page)
