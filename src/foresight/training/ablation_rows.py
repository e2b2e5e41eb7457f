"""Rows of the ablation: which settings each one changes, and the budget that all share."""

from dataclasses import dataclass, field, replace
from typing import Any

from foresight.config import TrainConfig
from foresight.errors import ConfigError

REFERENCE = 'vicreg_inverse'
"""The row whose self-supervised world model ships, and on which a cost head alone learns."""
GIVEN = 'given'
"""Start of the rows that go on from the checkpoint that the command names."""
SHIPPED = 'shipped'
"""Row, and start, of the world model that ships."""
LABELS = (50, 200, 1000, 5000)
NO_LABEL = 'goal_image'
"""The reference row, told by an image of the empty table."""
COST_TASK, GOAL_TASK, BOTH_TASK = 'clear_table', 'clear_table_goal', 'clear_table_both'
"""Tasks that rows play: by the cost head, by an image of the empty table, by both."""
EFFICIENCY = 'labels'
"""Table of success by the number of labelled images."""
TRANSFER = 'transfer'
"""Table of what happens at a new site."""
WATCHING = 'watching'
"""Table of what watching video is worth before doing."""
WATCHED = 'watched'
"""Start of the rows whose encoder has watched; `foresight watch` makes it."""
PUSHES = (250, 1000, 4000, 16_000)
"""Pushes to learn from."""
FEW = 200
"""Labelled images of a new site."""
AUTOENCODER = 'autoencoder'
_DECODED: dict[str, Any] = {'objective': AUTOENCODER, 'inverse_weight': 0.0}
QUICK = (REFERENCE, 'none', AUTOENCODER, 'supervised')


@dataclass(frozen=True)
class Budget:
    """What every row may spend.

    Training is counted in optimiser steps, which repeat, not in minutes, which do not. A usual
    run takes some 12 minutes of one core, so that two commands with other `--rows` and one
    thread each fill two cores.

    Attributes:
        steps: Steps of a run.
        head_steps: Steps of a cost head on a frozen world model.
        episodes: Closed-loop episodes.
        first_episode: Their first seed.
        batch: Pushes of a step.
    """

    steps: int = 2600
    head_steps: int = 800
    episodes: int = 50
    first_episode: int = 2000
    batch: int = 64


QUICK_BUDGET = Budget(steps=1000, episodes=20)
TRANSFER_BUDGET = Budget(steps=500, head_steps=400)
EFFICIENCY_BUDGET = Budget(episodes=200)
WATCHING_BUDGET = Budget(steps=2400, batch=32)


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        name: Name in files and tables.
        meaning: What it is, for a reader.
        changes: Settings that differ from the defaults.
        labels: Labelled images; 0 = all.
        start: Row whose checkpoint it goes on from, GIVEN, SHIPPED or WATCHED; empty = random
            weights.
        learns: False for a checkpoint that is only scored.
        task: Task that it plays.
    """

    name: str
    meaning: str
    changes: dict[str, Any] = field(default_factory=dict)
    labels: int = 0
    start: str = ''
    learns: bool = True
    task: str = COST_TASK

    @property
    def pushes(self) -> int:
        """Pushes that it learns from; 0 = all."""
        return int(self.changes.get('pushes', 0))

    @property
    def head_only(self) -> bool:
        """True where a cost head alone learns, on the world model it starts from."""
        return self.changes.get('objective') == 'head'

    def settings(self, base: TrainConfig, seed: int, budget: Budget, start: str) -> TrainConfig:
        """Return the settings of one run.

        Args:
            base: Settings of every row.
            seed: Seed of initialisation, batches and labelled images.
            budget: What it may spend.
            start: Checkpoint that it goes on from, if it does.
        """
        steps = budget.head_steps if self.head_only else budget.steps
        return replace(
            base, seed=seed, steps=steps, batch=budget.batch, pretrained=start,
            labels=self.labels, **self.changes,
        )


def _methods() -> tuple[Row, ...]:
    """List each anti-collapse method with and without inverse dynamics, then the references."""
    named = {
        'vicreg': 'variance and covariance (VICReg)', 'ema': 'self-distillation (EMA, DINO)',
        'infonce': 'contrastive (InfoNCE)', 'barlow': 'cross-correlation (Barlow Twins)',
        'sigreg': 'sketched isotropic Gaussian (SIGReg)', 'none': 'EMA target alone',
    }
    with_inverse = [
        Row(f'{name}_inverse', f'{meaning}, inverse dynamics', {'regularizer': name})
        for name, meaning in named.items()
    ]
    without = [
        Row(name, meaning, {'regularizer': name, 'inverse_weight': 0.0})
        for name, meaning in named.items()
    ]
    return (
        *with_inverse, *without,
        Row(AUTOENCODER, 'reconstruction autoencoder', _DECODED),
        Row('autoencoder_inverse', 'reconstruction autoencoder, inverse dynamics',
            {'objective': AUTOENCODER}),
        Row('label_grounded', f'{REFERENCE} and the gradient of the labels',
            {'label_gradient': True}),
        Row('supervised', 'labels alone, no self-supervised loss', {'objective': 'supervised'}),
    )


def _labels() -> tuple[Row, ...]:
    """List the three ways to use few labels, and the one that needs none.

    What predicts latents may compare them with those of an image of the empty table; labels alone
    teach no such prediction, and play by the cost head.
    """
    head: dict[str, Any] = {'objective': 'head'}
    kinds: dict[str, tuple[str, dict[str, Any], str]] = {
        'head': ('self-supervised, frozen; cost head', head, BOTH_TASK),
        'label_grounded': ('self-supervised and label gradient', {'label_gradient': True},
                           BOTH_TASK),
        'supervised': ('labels alone', {'objective': 'supervised'}, COST_TASK),
    }
    return (
        Row(NO_LABEL, 'self-supervised, goal image, no label', {**head, 'frozen': True},
            start=REFERENCE, learns=False, task=GOAL_TASK),
        *(Row(f'{name}_{count}' if count else _with_all(name),
              f'{meaning}, {count or "all"} labelled images', changes, count,
              REFERENCE if name == 'head' else '', task=task)
          for name, (meaning, changes, task) in kinds.items() for count in (*LABELS, 0)),
        Row(AUTOENCODER, 'reconstruction autoencoder, all labelled images', _DECODED,
            task=BOTH_TASK),
        Row(SHIPPED, 'as it ships, trained for longer', {**head, 'frozen': True}, start=SHIPPED,
            learns=False, task=BOTH_TASK),
    )


def _with_all(name: str) -> str:
    """Name the row that uses all labels."""
    return 'head_all' if name == 'head' else name


def _transfer() -> tuple[Row, ...]:
    """List what the shipped world model and labels alone come to at a new site."""
    head: dict[str, Any] = {'objective': 'head'}
    labels: dict[str, Any] = {'objective': 'supervised'}
    return (
        Row('kept', 'as shipped, nothing learned at the site', {**head, 'frozen': True},
            start=GIVEN, learns=False),
        Row(f'head_{FEW}', 'self-supervised as shipped, frozen; new cost head', head, FEW, GIVEN),
        Row(f'adapted_{FEW}', 'the same, after play at the site without labels', head, FEW,
            PLAY.name),
        Row(f'label_grounded_{FEW}', 'the same play and the gradient of the labels',
            {**PLAY.changes, 'label_gradient': True}, FEW, GIVEN),
        Row(f'supervised_{FEW}', 'labels alone, from the shipped weights',
            {**PLAY.changes, **labels}, FEW, GIVEN),
        Row(f'supervised_new_{FEW}', 'labels alone, from random weights', labels, FEW),
    )


def _watching() -> tuple[Row, ...]:
    """List the numbers of pushes, each without and with an encoder that has watched."""
    return tuple(
        Row(f'{name}_{count}', f'{count} pushes, {meaning}', {'pushes': count}, start=start,
            task=BOTH_TASK)
        for count in PUSHES for name, meaning, start in (
            ('doing', 'from random weights', ''),
            (WATCHED, 'from an encoder that has watched video', WATCHED),
        )
    )


PLAY = Row('play', 'goes on at a new site without labels', {'learning_rate': 5e-4}, FEW, GIVEN)
"""What other rows go on from; its cost head is thrown away."""
TABLES = {
    'methods': _methods(), EFFICIENCY: _labels(), TRANSFER: _transfer(), WATCHING: _watching(),
}


def find_row(name: str) -> Row:
    """Return a row of any table, or one that others start from."""
    return next(row for row in (*(row for rows in TABLES.values() for row in rows), PLAY)
                if row.name == name)


def choose_rows(table: str, names: str) -> tuple[Row, ...]:
    """Return the rows of a table, or those named by a comma-separated list.

    Raises:
        ConfigError: If the table or a row is unknown.
    """
    if table not in TABLES:
        raise ConfigError(f'--table {table!r} is unknown: choose one of {", ".join(TABLES)}')
    known = {row.name: row for row in TABLES[table]}
    wanted = names.split(',') if names else list(known)
    wrong = [name for name in wanted if name not in known]
    if wrong:
        raise ConfigError(f'--rows {wrong[0]!r} is unknown: choose among {", ".join(known)}')
    return tuple(known[name] for name in wanted)
