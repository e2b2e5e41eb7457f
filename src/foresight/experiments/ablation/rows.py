"""Rows of the ablation: which settings each one changes, and the budget that all share."""

from dataclasses import dataclass, field, replace
from typing import Any

from foresight.learning.settings import TrainConfig
from foresight.settings import BY_COST_HEAD, BY_GOAL, CLEAR_TABLE

COST_TASK, GOAL_TASK, BOTH_TASK = BY_COST_HEAD, BY_GOAL, CLEAR_TABLE
"""Tasks that rows play: by the cost head, by an image of the empty table, by both."""
GIVEN = 'given'
"""Start of the rows that go on from the checkpoint that the command names."""
SHIPPED = 'shipped'
"""Row, and start, of the world model that ships."""
PRACTICE, PLANNED_SHARE = 750, 0.75
"""Actions of a round of practice, and the share of them that the planner chooses."""
HEAD: dict[str, Any] = {'objective': 'head'}
"""Changes of a row that learns a cost head on a frozen world model."""
SCORED: dict[str, Any] = {**HEAD, 'frozen': True}
"""Changes of a row that learns nothing."""


@dataclass(frozen=True)
class Budget:
    """What every row may spend, in optimiser steps, which repeat, not in minutes, which do not.

    A usual run takes some 10 minutes of one core, so that two commands with other `--rows` and
    one thread each fill two cores. A cost head on a frozen world model takes `head_steps`; a step
    sees `batch` actions.
    """

    steps: int = 2600
    head_steps: int = 800
    episodes: int = 50
    first_episode: int = 2000
    batch: int = 64


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        meaning: What it is, for a reader.
        changes: Settings that differ from the defaults.
        labels: Labelled images; 0 = all.
        start: Row whose checkpoint it goes on from, GIVEN or SHIPPED; empty = random weights.
        learns: False for a checkpoint that is only scored.
        task: Task that it plays.
        teacher: Row whose model practises for a round; this row learns from that too, and from all
            that the teacher learned from.
    """

    name: str
    meaning: str
    changes: dict[str, Any] = field(default_factory=dict)
    labels: int = 0
    start: str = ''
    learns: bool = True
    task: str = COST_TASK
    teacher: str = ''

    @property
    def actions(self) -> int:
        """Actions that it learns from; 0 = all."""
        return int(self.changes.get('actions', 0))

    @property
    def head_only(self) -> bool:
        """True where a cost head alone learns, on the world model it starts from."""
        return bool(self.changes.get('objective') == HEAD['objective'])

    def settings(self, base: TrainConfig, seed: int, budget: Budget, start: str) -> TrainConfig:
        """Return the settings of one run, which goes on from the checkpoint `start`, if any.

        The seed decides initialisation, batches and labelled images.
        """
        steps = budget.head_steps if self.head_only else budget.steps
        return replace(
            base, seed=seed, steps=steps, batch=budget.batch, pretrained=start,
            labels=self.labels, **self.changes,
        )
