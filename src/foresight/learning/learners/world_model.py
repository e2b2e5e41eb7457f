"""Learner of the world model and the cost head: they learn from actions."""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int
from torch import Generator, nn

from foresight.actions.loading import action_of, make_model
from foresight.data.transitions import Transitions, join, joint_digest
from foresight.errors import DatasetError
from foresight.learning.batches.actions import first_actions, rows_of_step, split_episodes, take
from foresight.learning.batches.appearance import one_table
from foresight.learning.batches.labels import LabelledImages
from foresight.learning.batches.replay import alike, mixture_of
from foresight.learning.batches.sequences import following
from foresight.learning.learner import Learner, Losses
from foresight.learning.networks.world_model import WorldModelNetworks
from foresight.learning.probes.collapse import PATIENCE
from foresight.learning.probes.world_model import ProbeScores, probe
from foresight.learning.settings import LABELS_ONLY, TrainConfig
from foresight.learning.warm_start import start_from
from foresight.world_model import checkpoint
from foresight.world_model.checkpoint import Checkpoint, CheckpointConfig, joined, write
from foresight.world_model.usual_image import UsualImage

LEAST_BETWEEN_PROBES = 100  # Steps: an epoch of few actions is shorter than a probe.
FEW_STEPS = 1000  # The shipped world model took 4 460; after 1 000 it cleared half of its tables.


class WorldModelLearner(Learner[ProbeScores]):
    """Learns the world model and the cost head from transitions."""

    networks: WorldModelNetworks
    settings: TrainConfig
    config: CheckpointConfig
    _rows: Callable[[int], Int[np.ndarray, ' batch']]

    def __init__(self, transitions: Transitions, config: CheckpointConfig, train: TrainConfig,
                 more: Sequence[Transitions] = (), former: Checkpoint | None = None) -> None:
        """Prepare, and hold out some episodes of the transitions, none of `more`.

        A `former` checkpoint learns on: of it all is kept that does not learn, and `more` is
        replay, of which each step has a share.

        Raises:
            CheckpointError: If the checkpoint to start from does not fit.
            DatasetError: If there are too few actions or labels, or the encoder would learn the
                one table of all episodes by heart.
        """
        self.settings, self._former = train, former
        self._has_labels = any(part.has_labels for part in (transitions, *more))
        _check_labels(transitions, train)
        self._usual: UsualImage | None = None
        if config.environment:
            transitions = _of_one_image(transitions)
            self._usual = UsualImage(torch.from_numpy(np.array(transitions.backgrounds[0])))
        taught, self._held_out = split_episodes(transitions, train.holdout)
        taught = first_actions(taught, train.actions)
        self._taught = join(alike((taught, *more)))
        old = len(self._taught) - len(taught)
        count, batch, seed = len(self._taught), train.batch, train.seed
        self._rows = partial(rows_of_step, count, batch, seed) if former is None else \
            mixture_of(len(taught), old, batch, train.replay_share, seed)
        self._rows(0)
        steps_an_epoch = max(1, count // batch)
        self.steps = train.steps or steps_an_epoch * train.epochs
        self.warning = '\n'.join(filter(None, (
            '' if config.environment or train.frozen else one_table(
                transitions, config.encoder, train),
            '' if former else too_little(self.steps, len(self._taught)),
        )))
        self.probe_every = math.ceil(LEAST_BETWEEN_PROBES / steps_an_epoch) * steps_an_epoch
        # Only a self-supervised run can collapse, and only if its encoder learns.
        learns = train.objective == 'jepa' and not (train.pretrained and train.frozen)
        self.armed = min(PATIENCE, self.steps) if learns else math.inf
        self._labelled = LabelledImages(self._taught, train.labels, train.seed) \
            if train.labels else None
        digest = joint_digest((transitions, *more))
        self.config = replace(config, train=asdict(train), dataset=digest)
        self.networks = _make_networks(config, train, former is not None)
        if former is not None and train.distil and not old:
            self.networks.stay_near_now(not self._has_labels)

    def losses(self, step: int, generator: Generator) -> Losses:
        """Compute the loss of the actions of a step."""
        train, device = self.settings, self.networks.world_model.device
        rows = self._rows(step)
        labelled = self._labelled.draw(train.batch, step, device) if self._labelled else None
        later = following(self._taught, rows, train.rollout, device)
        batch = take(self._taught, rows, device)
        return self.networks.losses(batch, generator, labelled, later)

    def clipped_apart(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """Separate the cost head, whose large gradient would shrink all others in one norm."""
        head = list(self.networks.cost_head.parameters())
        apart = set(head)
        return head, [value for value in self.networks.parameters() if value not in apart]

    def probe(self) -> ProbeScores:
        """Score on held-out actions."""
        return probe(self.networks, self._held_out, self.settings)

    def save(self, folder: Path, scores: ProbeScores) -> None:
        """Write what the nodes load."""
        networks = self.networks
        modules: dict[str, nn.Module] = {
            'world_model': networks.world_model, 'inverse': networks.inverse,
        }
        if self._has_labels:
            modules['cost_head'] = networks.cost_head
        if self._usual is not None:
            modules['usual_image'] = self._usual
        config = replace(self.config, scores=scores.known())
        if self._former is not None:
            write(joined(self._former, modules, config), folder)
            return
        checkpoint.save(folder, modules, replace(
            config, normalisation={'surprise': max(scores.surprise_scale, 1e-6)},
        ))


def _make_networks(
    config: CheckpointConfig, train: TrainConfig, with_head: bool,
) -> WorldModelNetworks:
    """Build networks whose initial weights depend only on the seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(train.seed)
        networks = WorldModelNetworks(make_model(config), action_of(config), train)
    if train.pretrained:
        start_from(Path(train.pretrained), networks, train.frozen, with_head)
    return networks


def _of_one_image(transitions: Transitions) -> Transitions:
    """Take the usual image of the first folder for all."""
    shape = transitions.backgrounds.shape
    return replace(transitions, backgrounds=np.broadcast_to(transitions.backgrounds[0], shape))


def _check_labels(transitions: Transitions, train: TrainConfig) -> None:
    """Refuse what needs labels where there are none."""
    wants = train.objective in LABELS_ONLY or train.label_gradient or train.labels
    if wants and not transitions.has_labels:
        raise DatasetError(
            'these actions have no labels (bags have none): leave out objective, label_gradient '
            'and labels; tasks with a goal image need no cost head'
        )


def too_little(steps: int, actions: int) -> str:
    """Return a warning if a run is too short to learn much; empty if it is not."""
    if steps >= FEW_STEPS:
        return ''
    return (
        f'{actions} actions give {steps} steps, and below {FEW_STEPS} little is learned: collect '
        'more, or set --epochs or --steps; a run can be lengthened'
    )
