import json
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pytest
from rich.console import Console

from foresight.errors import ConfigError
from foresight.experiments.experiment import EXPERIMENTS, choose, find_experiment, numbers, run
from foresight.settings import Checked, setting


@dataclass(frozen=True)
class CoinSettings(Checked):
    """Throws."""

    throws: int = setting(4, 'throws', '', 1)
    checkpoint: Path = setting(Path('models/coin'), 'what is thrown')


class Coin:
    """Throws a coin."""

    settings = CoinSettings()
    sheet = ''

    def measure(self, settings, console):
        console.print('throwing')
        return [throw % 2 for throw in range(settings.throws)]

    def document(self, settings, measured):
        return {'heads': sum(measured)}

    def page(self, document):
        return f'{document["heads"]} of {document["throws"]}: {document["command"]}'

    def name(self, settings):
        return f'coin_{settings.throws}'


@pytest.fixture
def console():
    return Console(quiet=True)


def test_document_says_what_was_measured_and_how(console, tmp_path):
    document = run(Coin(), CoinSettings(6), tmp_path, console)
    assert (document['heads'], document['throws']) == (3, 6)
    assert {'machine', 'command'} < document.keys()
    assert json.loads((tmp_path / 'coin_6.json').read_text())['checkpoint'] == 'models/coin'
    assert (tmp_path / 'coin_6.md').read_text().startswith('3 of 6: foresight')


def test_without_a_folder_the_page_lies_under_the_name_of_the_checkpoint(
    console, tmp_path, monkeypatch,
):
    monkeypatch.chdir(tmp_path)
    run(Coin(), CoinSettings(), None, console)
    assert sorted(path.name for path in (tmp_path / 'out/results/coin').iterdir()) == [
        'coin_4.json', 'coin_4.md',
    ]


def test_runs_of_one_sheet_share_a_page(console, tmp_path):
    coin = Coin()
    coin.sheet = 'coins'
    for throws in (6, 4):
        run(coin, CoinSettings(throws), tmp_path, console)
    page = (tmp_path / 'coins.md').read_text()
    assert page.index('2 of 4') < page.index('3 of 6')
    assert sorted(path.suffix for path in tmp_path.iterdir()) == ['.json', '.json', '.md']


@pytest.mark.parametrize('name', EXPERIMENTS)
def test_every_experiment_has_settings_and_a_page_name(name):
    experiment = find_experiment(name)
    assert all(entry.metadata['description'] for entry in fields(experiment.settings))
    assert experiment.name(experiment.settings)
    assert type(experiment).__doc__


def test_pages_have_names_of_their_own():
    known = [find_experiment(name) for name in EXPERIMENTS]
    assert len({item.name(item.settings) for item in known}) == len(known)


def test_an_unknown_experiment_names_the_known_ones():
    with pytest.raises(ConfigError, match='choose from ablation, quick'):
        find_experiment('levitation')


def test_a_list_names_what_is_known():
    assert choose('', ['a', 'b'], '--rows') == ['a', 'b']
    assert choose('b, a', ['a', 'b'], '--rows') == ['b', 'a']
    with pytest.raises(ConfigError, match="--rows 'c' is unknown: choose from a, b"):
        choose('a,c', ['a', 'b'], '--rows')


def test_seeds_that_are_no_numbers_are_refused():
    assert numbers('0, 7', '--seeds') == (0, 7)
    assert numbers('', '--seeds') == ()
    with pytest.raises(ConfigError, match='--seeds .*whole numbers'):
        numbers('0,x', '--seeds')


def test_another_robot_has_pages_of_its_own():
    for name in ('memory', 'surprise', 'risk', 'horizon'):
        experiment = find_experiment(name)
        usual = experiment.name(experiment.settings)
        assert experiment.name(replace(experiment.settings, robot='ur5e')) == f'{usual}_ur5e'
