"""The world model, the cost head and all that exists only while they learn."""

import copy
from dataclasses import replace
from functools import partial
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from foresight.learning.batches.actions import Batch
from foresight.learning.batches.augmentation import Augmentation
from foresight.learning.batches.labels import LabelledBatch, all_labelled
from foresight.learning.batches.mirror import Mirror
from foresight.learning.batches.sequences import Later, imagine, rollout_loss
from foresight.learning.learner import Losses, Networks
from foresight.learning.networks.former import Former
from foresight.learning.networks.outcomes import Outcomes
from foresight.learning.settings import LABELS_ONLY, TrainConfig, as_trained
from foresight.macro_action import ForeseenAction, MacroAction
from foresight.tasks.clear_table.cost_head import CostHead, cost_loss, label_maps
from foresight.world_model.encoder import CONTRAST, Decoder, Encoder, reconstruction_loss
from foresight.world_model.inverse_dynamics import InverseDynamics
from foresight.world_model.jepa import Jepa
from foresight.world_model.losses import changed_cells, follow, foreground_cells
from foresight.world_model.precision import mixed
from foresight.world_model.regularizers import CellViews, make_regularizer

FOREGROUND = 24  # Cells of each image that the regularizer sees: three objects and their rims.


class WorldModelNetworks(Networks):
    """The world model, the cost head and all that exists only while they learn."""

    def __init__(self, world_model: Jepa, action: ForeseenAction, config: TrainConfig) -> None:
        """Build what the world model needs around it to learn about an action."""
        super().__init__()
        encoder, config = world_model.encoder_config, as_trained(config)
        self.world_model, self.action = world_model, action
        self.world_model.bf16 = config.bf16
        self.target = copy.deepcopy(world_model.encoder).requires_grad_(False)
        self.outcomes = Outcomes(world_model, config)
        self.inverse = InverseDynamics(encoder, action.numbers)
        self.regularizer = make_regularizer(
            config.regularizer, encoder.channels, config.expander, config.regularizer_weight,
            config.variance_weight, config.covariance_weight,
        )
        self.cost_head = CostHead(encoder.channels, world_model.raster.scene_map)
        self.decoder = Decoder(encoder) if config.objective == 'autoencoder' else None
        self.config = config
        self.former: Former | None = None
        # What an action of anything but an arm is in a mirror, nobody knows.
        self._mirror = Mirror(action, encoder) if isinstance(action, MacroAction) else None
        self._augment = Augmentation(
            config.jitter, config.invert, config.noise * 255.0 / CONTRAST,
            (Encoder.features(encoder), *encoder.grid), config.seed,
        )
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def losses(self, batch: Batch, generator: Generator, labelled: LabelledBatch | None = None,
               later: tuple[Later, ...] = ()) -> Losses:
        """Compute the loss of a batch, or of several actions in a row if `later` ones are given.

        The cost head learns from `labelled` actions instead, if labels are few.
        """
        model, config = self.world_model, self.config
        if config.objective in LABELS_ONLY:
            cost = self._labelled_cost(labelled or all_labelled(batch), generator)
            return Losses(config.cost_weight * cost, {'cost': cost})
        batch, later = self._reflected(batch, generator, later)
        clean = self._prepared(batch, later)
        changed = tuple(changed_cells(*pair, config.change_threshold) for pair in pairwise(clean))
        inputs = self._augment(clean, generator)
        pair, arrived = inputs[:2 * len(batch.actions)], inputs[len(batch.actions):]
        both = model.encode_prepared(pair)
        before, after = both.chunk(2)
        targets = self._targets(arrived).chunk(1 + len(later))
        start = before.detach() if self.decoder else before
        predicted, told = self.outcomes(
            model, start, targets[0], batch.actions, batch.scene_map, generator,
        )
        imagined = imagine(model.predict, predicted, later)
        terms = {'prediction': rollout_loss(imagined, targets, changed, later)}
        with mixed(inputs.device, config.bf16):
            moved = changed[0].flatten(1).any(dim=1)
            terms['inverse'] = self.inverse.error(before, after, batch.actions, moved)
            penalty = self.regularizer(_views(both, predicted, targets[0], pair), generator)
            if self.decoder:
                terms['reconstruction'] = reconstruction_loss(self.decoder(both), pair)
            terms['cost'] = (
                self._cost(both, imagined, batch, later) if labelled is None
                else self._labelled_cost(labelled, generator)
            )
        total = (
            config.prediction_weight * terms['prediction'] + config.inverse_weight
            * terms['inverse'] + config.cost_weight * terms['cost'] + penalty.total
        )
        if self.decoder:
            total = total + terms['reconstruction']
        if self.former is not None:
            terms['former'] = self.former.distance(model, self.cost_head, pair, both, batch)
            total = total + config.distil * terms['former']
        if told is not None:
            terms['told'] = told
            total = total + self.outcomes.price(told)
        return Losses(total, {**terms, **penalty.parts})

    def stay_near_now(self, read: bool) -> None:
        """Keep a copy to stay near, and of the cost head if it is to `read` as now."""
        self.former = Former(self.world_model, self.cost_head if read else None)

    def update_target(self) -> None:
        """Move the target encoder a little toward the encoder."""
        decay = self.config.ema_decay
        follow(self.target, self.world_model.encoder, decay)
        self.regularizer.update(decay)

    def _reflected(self, batch: Batch, generator: Generator,
                   later: tuple[Later, ...] = ()) -> tuple[Batch, tuple[Later, ...]]:
        """Mirror some actions, either way or both, and with each all that followed it."""
        if self.config.mirror == 0.0 or self._mirror is None:
            return batch, later
        for sideways in (False, True):
            chosen = torch.rand(len(batch.actions), generator=generator) < self.config.mirror
            turn = partial(
                self._mirror, chosen=chosen.to(batch.actions.device), sideways=sideways,
            )
            later = tuple(replace(step, batch=turn(step.batch)) for step in later)
            batch = turn(batch)
        return batch, later

    def _prepared(self, batch: Batch, later: tuple[Later, ...] = ()) -> tuple[Tensor, ...]:
        """Prepare the images before the first action and after each."""
        prepare = self.world_model.encoder.prepare
        arrived = [prepare(item.after, item.background) for item in (
            batch, *(step.batch for step in later),
        )]
        return prepare(batch.before, batch.background), *arrived

    @torch.no_grad()
    def _targets(self, inputs: Tensor) -> Tensor:
        """Encode images after actions with the slow copy of the encoder."""
        with mixed(inputs.device, self.config.bf16):
            target: Tensor = self.target(inputs)
        return target

    def _labelled_cost(self, labelled: LabelledBatch, generator: Generator) -> Float[Tensor, '']:
        """Teach the cost head on labelled actions, and with them what its gradient may reach."""
        batch, _ = self._reflected(labelled.batch, generator)
        inputs = self._augment(self._prepared(batch), generator)
        with torch.set_grad_enabled(self.config.label_gradient and torch.is_grad_enabled()):
            both = self.world_model.encode_prepared(inputs)
            before = both.chunk(2)[0]
            predicted = self.world_model.predict(before, batch.actions, batch.scene_map)
        with mixed(inputs.device, self.config.bf16):
            return self._cost(both, (predicted,), batch, known=labelled.maps)

    def _cost(self, both: Tensor, imagined: tuple[Tensor, ...], batch: Batch,
              later: tuple[Later, ...] = (), known: Tensor | None = None) -> Tensor:
        """Teach the cost head on real and imagined latents, where their labels are known."""
        if not batch.objects_before.shape[1]:
            return both.new_zeros(())
        steps = zip(imagined[1:], later, strict=True)
        latents = torch.cat([both, imagined[0], *(item[step.known] for item, step in steps)])
        if not self.config.label_gradient:
            latents = latents.detach()
        encoder = self.world_model.encoder_config
        objects = torch.cat([
            batch.objects_before, batch.objects_after, batch.objects_after,
            *(step.batch.objects_after[step.known] for step in later),
        ])
        tables = torch.cat([
            *3 * (batch.scene_map,), *(step.batch.scene_map[step.known] for step in later),
        ])
        if known is None:
            known = torch.isfinite(objects).flatten(1).all(dim=1)
        if not bool(known.any()):
            return both.new_zeros(())
        if not bool(known.all()):
            latents, objects, tables = latents[known], objects[known], tables[known]
        labels = label_maps(objects.float(), encoder.grid, encoder.stride)
        return cost_loss(self.cost_head(latents, tables), labels)


def _views(both: Tensor, predicted: Tensor, target: Tensor, inputs: Tensor) -> CellViews:
    """Pick what the regularizer sees: the cells of each image that differ from the empty table."""
    after = inputs[len(inputs) // 2:]
    cells = foreground_cells(both, inputs, FOREGROUND)
    return CellViews(
        cells=cells, arrived=cells[len(cells) // 2:],
        predicted=foreground_cells(predicted, after, FOREGROUND),
        target=foreground_cells(target, after, FOREGROUND),
    )
