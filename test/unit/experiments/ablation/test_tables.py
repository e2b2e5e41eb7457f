import pytest

from foresight.errors import ConfigError
from foresight.experiments.ablation.methods import METHODS, QUICK
from foresight.experiments.ablation.rows import Budget
from foresight.experiments.ablation.tables import TABLES, find_table
from foresight.learning.settings import TrainConfig

TINY = Budget(steps=4, head_steps=3)


@pytest.mark.parametrize('table', TABLES.values(), ids=lambda table: table.name)
def test_every_row_has_settings_and_a_name_of_its_own(table):
    assert len({row.name for row in table.rows}) == len(table.rows)
    for row in (*table.rows, *table.before):
        train = row.settings(TrainConfig(), 5, TINY, 'start')
        assert (train.seed, train.labels) == (5, row.labels)
        assert train.steps == (3 if row.head_only else 4)


def test_tables_have_pages_of_their_own():
    assert len({table.page for table in TABLES.values()}) == len(TABLES)


def test_rows_that_tables_share_have_the_same_settings():
    methods = {row.name: row for row in METHODS.rows}
    shared = [row for name in ('labels', 'quick') for row in TABLES[name].rows
              if row.name in methods]
    assert len(shared) == len(QUICK.rows) + 4
    for row in shared:
        assert row.changes == methods[row.name].changes
    sharing = [table for table in TABLES.values() if table.shares]
    assert [(table.name, table.shares) for table in sharing] == [('labels', METHODS.page)]


def test_unknown_tables_and_rows_say_what_there_is():
    with pytest.raises(ConfigError, match='choose one of methods, quick, labels'):
        find_table('metods')
    with pytest.raises(ConfigError, match="'magic' is unknown: choose among vicreg_inverse"):
        METHODS.choose('vicreg,magic')
    with pytest.raises(ConfigError, match="'play'"):
        find_table('transfer').choose('play')


def test_what_is_given_goes_before_the_budget_of_a_table():
    assert QUICK.spending(steps=None) == QUICK
    spent = QUICK.spending(steps=7).budget
    assert (spent.steps, spent.episodes) == (7, QUICK.budget.episodes)
