"""Is every promise kept, every time, when something goes wrong around the robot?"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from foresight.errors import ConfigError, DatasetError
from foresight.experiments.document import Document
from foresight.experiments.experiment import Experiment, choose
from foresight.experiments.faults.page import UNTRIED, page
from foresight.experiments.statistics import percentile
from foresight.faults.fault import Fault, Outcome, Way
from foresight.faults.table import FAULTS
from foresight.reading import damaged, parse_json
from foresight.settings import SHIPPED, Checked, setting


@dataclass(frozen=True)
class FaultsSettings(Checked):
    """Which faults, how often, and where what was found is kept."""

    repeats: int = setting(20, 'repeats of each fault', '', 1)
    only: str = setting('', 'comma-separated faults; empty = all')
    seed: int = setting(7, 'seed of the scene', '', 0)
    lines: Path = setting(
        Path('out/faults/outcomes.jsonl'), 'file of what was found, which is not done again'
    )
    checkpoint: Path = setting(SHIPPED, 'folder of the world model')

    @property
    def faults(self) -> list[Fault]:
        """The faults.

        Raises:
            ConfigError: If one is unknown.
        """
        return [FAULTS[name] for name in choose(self.only, tuple(FAULTS), '--only')]


Todo = Sequence[tuple[Fault, int]]
Play = Callable[[FaultsSettings, Todo], Iterator[Outcome]]


def nowhere(settings: FaultsSettings, todo: Todo) -> Iterator[Outcome]:
    """Refuse: this experiment is given a running system.

    Raises:
        ConfigError: Always.
    """
    raise ConfigError('faults are caused in a running system: call foresight experiment faults')


class Faults(Experiment[FaultsSettings, list[Outcome]]):
    """Causes every fault in a running system of real nodes, again and again."""

    settings = FaultsSettings()
    page = staticmethod(page)

    def __init__(self, play: Play = nowhere) -> None:
        """Cause faults by `play`."""
        self._play = play

    def measure(self, settings: FaultsSettings, console: Console) -> list[Outcome]:
        """Do what is not done yet: every fault once, then every fault again."""
        faults, known = settings.faults, read_outcomes(settings.lines)
        todo = [
            (fault, repeat) for repeat in range(settings.repeats) for fault in faults
            if (fault.name, repeat) not in known
        ]
        settings.lines.parent.mkdir(parents=True, exist_ok=True)
        with settings.lines.open('a') as file:
            for outcome in self._play(settings, todo) if todo else ():
                file.write(json.dumps(asdict(outcome)) + '\n')
                file.flush()
                known[outcome.fault, outcome.repeat] = outcome
                console.print(told(outcome))
        names = {fault.name for fault in faults}
        found = [each for each in known.values()
                 if each.fault in names and each.repeat < settings.repeats]
        if untried(settings, found):
            console.print(UNTRIED)
        return found

    def document(self, settings: FaultsSettings, measured: list[Outcome]) -> Document:
        """Return the figures of each fault that was tried."""
        rows = ((fault, [each for each in measured if each.fault == fault.name])
                for fault in settings.faults)
        return {
            'faults': [figures(fault, found) for fault, found in rows if found],
            'untried': untried(settings, measured),
        }


def untried(settings: FaultsSettings, measured: Sequence[Outcome]) -> list[str]:
    """Name the faults of the wire that were asked for and not caused."""
    tried = {each.fault for each in measured}
    return [each.name for each in settings.faults if each.wired and each.name not in tried]


def told(outcome: Outcome) -> str:
    """Say in a line how a repeat went."""
    return f'{outcome.fault}, {outcome.repeat}: {"; ".join(outcome.broken) or "kept"}'


def read_outcomes(path: Path) -> dict[tuple[str, int], Outcome]:
    """Read what was found so far; a last line that was cut off is left out.

    Raises:
        DatasetError: If the file is damaged.
    """
    found = {}
    if path.is_file():
        lines = path.read_text().splitlines(keepends=True)
        with damaged(path, 'delete it and measure again', DatasetError):
            for line in lines:
                if line.endswith('\n'):
                    values = parse_json(line)
                    outcome = Outcome(**{**values, 'broken': tuple(values['broken'])})
                    found[outcome.fault, outcome.repeat] = outcome
    return found


def figures(fault: Fault, found: Sequence[Outcome]) -> Document:
    """Return what the page says of a fault."""
    promise = fault.promise
    stops = promise.way is Way.STOPS
    return {
        'fault': fault.name, 'promise': promise.text, 'way': str(promise.way),
        'after': str(promise.after), 'repeats': len(found),
        'kept': sum(each.kept for each in found),
        'reaction': _spread(each.stood if stops else each.said for each in found),
        'wall': _spread(each.wall for each in found),
        'goes_on': _spread(each.went_on for each in found),
        'broken': sorted({words for each in found for words in each.broken}),
    }


def _spread(times: Iterable[float | None]) -> list[float] | None:
    """Return median and largest of what is known; None where nothing is."""
    known = [time for time in times if time is not None]
    return [percentile(known, 50.0), max(known)] if known else None


EXPERIMENTS = {'faults': Faults()}
