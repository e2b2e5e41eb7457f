"""Runner of the ablation: train each row for each seed, score it and let it clear tables."""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from foresight.actions.loading import load
from foresight.data.robot_time import RobotTime
from foresight.data.transitions import Transitions
from foresight.errors import CollapseError, ConfigError
from foresight.experiments.ablation.rows import Row
from foresight.experiments.ablation.table import Table
from foresight.files import in_new_names, write_atomically
from foresight.learning.batches.actions import first_actions, split_episodes
from foresight.learning.learners.world_model import WorldModelLearner
from foresight.learning.loop import Loop
from foresight.learning.probes.position import position_r2
from foresight.learning.resume import identity, same_run
from foresight.learning.settings import TrainConfig
from foresight.reading import damaged, read_json
from foresight.world_model import checkpoint
from foresight.world_model.checkpoint import CheckpointConfig

Play = Callable[[Path, str], Mapping[str, Any]]
"""Plays closed-loop episodes of a task with a checkpoint and returns their figures."""
Practise = Callable[[Path, Path, int, int], 'Lesson']
"""Lets a checkpoint practise into a folder, unless it has, in scenes of a seed and a round."""


@dataclass(frozen=True)
class Lesson:
    """What a model has practised, and what it cost the robot."""

    transitions: Transitions
    time: RobotTime


@dataclass(frozen=True)
class Ablation:
    """What all rows share.

    Attributes:
        transitions: Collected play.
        base: Settings of the networks of every row.
        train: Training settings that rows change.
        runs: Folder of the checkpoints and of half-trained runs.
        results: Folder of one JSON file a finished run.
        about: Where and how it runs, for the results.
        starts: Checkpoints that rows go on from, by what they call it; a row that is not among
            them is trained first.
        practise: Needed by the rows that have a teacher.
        time: What the episodes of `transitions` cost, for the rows of few actions.
    """

    transitions: Transitions
    base: CheckpointConfig
    train: TrainConfig
    table: Table
    runs: Path
    results: Path
    play: Play
    about: Mapping[str, Any]
    starts: Mapping[str, str] = field(default_factory=dict)
    practise: Practise | None = None
    time: RobotTime | None = None

    def run(self, row: Row, seed: int, console: Console) -> dict[str, Any]:
        """Return the result of one run, training and playing only if it is not on disk.

        Raises:
            CheckpointError: If a half-trained run has other settings.
            ConfigError: If the result on disk has other settings.
        """
        path = self.results / f'{row.name}_{seed}.json'
        if path.exists():
            console.print(f'{row.name}, seed {seed}: already in {path}')
            return self._finished(path, row, seed)
        console.print(f'{row.name}, seed {seed}: {row.meaning}')
        if row.start not in ('', *self.starts):
            self._train(self.table.row(row.start), seed, console)
        result = self._measure(row, seed, console)
        text = json.dumps(result, indent=1, allow_nan=False) + '\n'
        write_atomically(path, text)
        return result

    def collect(self) -> list[dict[str, Any]]:
        """Return every result that is on disk, also of earlier commands.

        Raises:
            ConfigError: If one has other settings.
        """
        found = []
        for row in self.table.rows:
            named = {path: re.fullmatch(rf'{row.name}_(\d+)', path.stem)
                     for path in self.results.glob('*.json')}
            seeds = sorted((int(match[1]), path) for path, match in named.items() if match)
            found += [self._finished(path, row, seed) for seed, path in seeds]
        return found

    def _measure(self, row: Row, seed: int, console: Console) -> dict[str, Any]:
        """Train, score and play."""
        lessons = self._lessons(row, seed, console)
        collapsed, cpu_ms = self._train(row, seed, console, lessons)
        folder = self._folder(row.name, seed)
        return {
            'row': row.name, 'meaning': row.meaning, 'seed': seed, 'labels': row.labels,
            'task': row.task, 'collapsed': collapsed,
            'scores': self._scores(folder),
            'closed_loop': None if collapsed else dict(self.play(folder, row.task)),
            'cpu_ms_a_step': cpu_ms, 'budget': asdict(self.table.budget), **self.about,
            'start': self._given(row), 'identity': identity(self._config(row, seed)),
            **self._cost(row, lessons),
        }

    def _lessons(self, row: Row, seed: int, console: Console) -> tuple[Lesson, ...]:
        """Let the teachers of a row practise, from the first on."""
        if not row.teacher:
            return ()
        if self.practise is None:
            raise ConfigError(f'{row.name} has a teacher: give `practise`')
        teacher = self.table.row(row.teacher)
        before = self._lessons(teacher, seed, console)
        folder = self._folder(f'{teacher.name}_practice', seed)
        if not folder.exists():
            self._train(teacher, seed, console, before)
        return *before, self.practise(self._folder(teacher.name, seed), folder, seed, len(before))

    def _cost(self, row: Row, lessons: Sequence[Lesson]) -> dict[str, Any]:
        """Return what the actions of a row cost the robot, if it says how many they are."""
        if self.time is None or not row.actions:
            return {}
        known, _ = split_episodes(self.transitions, self.train.holdout)
        used = np.unique(first_actions(known, row.actions).episode)
        costs = [self.time.of(used.tolist()), *(lesson.time.whole() for lesson in lessons)]
        return {'robot': {key: round(sum(cost[key] for cost in costs), 4) for key in costs[0]}}

    def _train(
        self, row: Row, seed: int, console: Console, lessons: Sequence[Lesson] = (),
    ) -> tuple[str | None, float | None]:
        """Train to the end; return why the run collapsed, and the processor time of a step."""
        more = [lesson.transitions for lesson in lessons]
        learner = WorldModelLearner(self.transitions, self.base, self._settings(row, seed), more)
        loop = Loop(learner, self._folder(row.name, seed), console)
        first, begin, collapsed = loop.step, time.process_time(), None
        try:
            loop.run() if row.learns else loop.finish()
        except CollapseError as error:
            collapsed = str(error)
            console.print(f'{row.name}, seed {seed}: {error}')
        steps = loop.step - first
        return collapsed, round(1e3 * (time.process_time() - begin) / steps, 1) if steps else None

    def _scores(self, folder: Path) -> dict[str, float]:
        """Return the held-out scores; a run whose loss was not finite may have none."""
        if not (folder / checkpoint.CONFIG).exists():
            return {}
        trained = load(folder)
        sides = split_episodes(self.transitions, self.train.holdout)
        position = position_r2(trained.model, *sides)
        known = {**trained.config.scores, 'position_r2': position}
        return {name: round(value, 4) for name, value in known.items() if value == value}

    def _config(self, row: Row, seed: int) -> CheckpointConfig:
        """Return every setting of a run."""
        train = asdict(self._settings(row, seed))
        return replace(self.base, train=train, dataset=self.transitions.digest)

    def _settings(self, row: Row, seed: int) -> TrainConfig:
        """Return how a run trains."""
        return row.settings(self.train, seed, self.table.budget, self._start(row, seed))

    def _start(self, row: Row, seed: int) -> str:
        """Return the checkpoint that a run goes on from; empty = random weights."""
        if not row.start:
            return ''
        return self.starts.get(row.start) or str(self._folder(row.start, seed))

    def _given(self, row: Row) -> str:
        """Return the hash of the given checkpoint, if a run depends on it."""
        if not row.start:
            return ''
        if row.start not in self.starts:
            return self._given(self.table.row(row.start))
        config = Path(self.starts[row.start]) / checkpoint.CONFIG
        return str(checkpoint.read_json(config)['tensors'])

    def _folder(self, name: str, seed: int) -> Path:
        return self.runs / f'{name}_{seed}'

    def _finished(self, path: Path, row: Row, seed: int) -> dict[str, Any]:
        """Read a result, if it is of the same settings, start, data and budget."""
        with damaged(path, 'delete it', ConfigError):
            result: dict[str, Any] = in_new_names(read_json(path))
            same = same_run(result['identity'], self._config(row, seed), TrainConfig())
            same = same and result['start'] == self._given(row)
            same = same and result['task'] == row.task
            same = same and (result['collapsed'] or result['budget'] == asdict(self.table.budget))
        if not same:
            raise ConfigError(
                f'{path} has other settings, task, data, budget or start: delete it, or give '
                'another --out'
            )
        return result
