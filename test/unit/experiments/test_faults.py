"""Claims about the experiment of faults: what is done is kept, and its page says how it went."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from foresight.errors import ConfigError, DatasetError
from foresight.experiments.experiment import run
from foresight.experiments.faults.measure import Faults, FaultsSettings, read_outcomes
from foresight.experiments.faults.page import UNTRIED
from foresight.faults.fault import Outcome
from foresight.faults.table import FAULTS

NAMES = 'joints frozen,camera black'


@pytest.fixture
def settings(tmp_path) -> FaultsSettings:
    return FaultsSettings(repeats=2, only=NAMES, lines=tmp_path / 'found.jsonl')


@pytest.fixture
def done() -> list[tuple[str, int]]:
    return []


@pytest.fixture
def experiment(done) -> Faults:
    def play(settings, todo):
        for fault, repeat in todo:
            done.append((fault.name, repeat))
            broken = ('the arm did not stand',) if (fault.name, repeat) == done[0] else ()
            yield Outcome(fault.name, repeat, broken, 0.2, 0.5 + repeat, 3.0, 0.4)

    return Faults(play)


def test_every_fault_comes_once_before_one_comes_twice(experiment, settings, done):
    experiment.measure(settings, Console(quiet=True))
    assert done == [(name, repeat) for repeat in (0, 1) for name in NAMES.split(',')]


def test_what_was_found_is_not_done_again(experiment, settings, done):
    first = experiment.measure(replace(settings, repeats=1), Console(quiet=True))
    with settings.lines.open('a') as file:
        file.write('{"fault": "cut o')
    assert list(read_outcomes(settings.lines).values()) == first
    settings.lines.write_text(settings.lines.read_text().rpartition('\n')[0] + '\n')
    assert len(experiment.measure(settings, Console(quiet=True))) == 4
    assert len(done) == 4


def test_a_damaged_file_is_named(settings):
    settings.lines.write_text('{"fault": 3\n')
    with pytest.raises(DatasetError, match=r'found.jsonl is damaged .*: delete it'):
        read_outcomes(settings.lines)


def test_the_page_says_what_was_kept_and_what_was_not(experiment, settings, tmp_path):
    run(experiment, settings, tmp_path, Console(quiet=True))
    page = (tmp_path / 'faults.md').read_text()
    assert '**3 of 4 repeats of 2 faults kept their promise**' in page
    assert '| 1 of 2 | 0.50, 1.50 | 0.40, 0.40 | after `guard/release` | 3.00, 3.00 |' in page
    assert '- joints frozen: the arm did not stand' in page


def test_faults_of_the_wire_that_cannot_be_caused_here_are_told(settings, tmp_path):
    wire = 'wire: parted for 2 s'
    asked = replace(settings, only=f'{NAMES},{wire}')

    def play(settings, todo):
        return (Outcome(fault.name, repeat) for fault, repeat in todo if not fault.wired)

    console = Console(record=True, file=StringIO())
    run(Faults(play), asked, tmp_path, console)
    assert 'Not every fault of the wire was caused' in console.export_text()
    page = (tmp_path / 'faults.md').read_text()
    assert '**4 of 4 repeats of 2 faults kept their promise**' in page
    assert f'**{UNTRIED}** Not caused: {wire}.' in page


def test_an_unknown_fault_is_refused(settings):
    with pytest.raises(ConfigError, match="--only 'rain' is unknown"):
        replace(settings, only='rain').faults  # noqa: B018


def test_every_fault_has_a_promise_and_a_name_that_a_list_can_hold():
    assert len(FAULTS) >= 25
    assert all(',' not in name and fault.promise.text for name, fault in FAULTS.items())
