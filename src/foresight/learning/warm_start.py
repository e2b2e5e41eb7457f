"""Warm start: a run that goes on from the weights of a checkpoint instead of random ones."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from foresight.actions.loading import load
from foresight.errors import CheckpointError
from foresight.learning.networks.video import VideoNetworks
from foresight.learning.networks.world_model import WorldModelNetworks
from foresight.world_model.checkpoint import load_video

NEW = ('world_model.predictor.unknown.',)
"""What a checkpoint may lack: it starts as if it were not there."""


def start_from(
    folder: Path, networks: WorldModelNetworks, frozen: bool, with_head: bool = False,
) -> None:
    """Copy the world model of a checkpoint into networks, and to its target encoder.

    A `frozen` encoder stays as it is, and the cost head, if there is one, is taken over too;
    so it is `with_head`, whether the encoder stays or not.

    Raises:
        CheckpointError: If the checkpoint is damaged or of another shape.
    """
    checkpoint = load(folder, 'cpu')
    model, known = networks.world_model, checkpoint.config
    here = replace(model.predictor_config, latent=known.predictor.latent)
    if (known.encoder, known.predictor) != (model.encoder_config, here):
        raise CheckpointError(
            f'{folder} has another encoder or predictor than this configuration needs: give '
            'both the same settings (only `latent` may be new)'
        )
    others = ('inverse', 'cost_head') if frozen or with_head else ('inverse',)
    tensors: Mapping[str, Tensor] = {
        **{f'world_model.{name}': value for name, value in checkpoint.model.state_dict().items()},
        **{name: value for name, value in checkpoint.tensors.items()
           if name.partition('.')[0] in others},
    }
    missing, unknown = networks.load_state_dict(tensors, strict=False)
    lacking = [
        name for name in missing
        if name.partition('.')[0] in ('world_model', *others) and not name.startswith(NEW)
        and not (with_head and name.startswith('cost_head.'))
    ]
    if lacking or unknown:
        raise CheckpointError(f'{folder} does not fit this run: {[*lacking, *unknown][0]}')
    networks.target.load_state_dict(model.encoder.state_dict())
    model.encoder.requires_grad_(not frozen)


def start_video_from(folder: Path, networks: VideoNetworks) -> None:
    """Copy a video predictor into networks, and its encoder to the target encoder.

    Raises:
        CheckpointError: If the checkpoint is damaged or of another shape.
    """
    start, known = load_video(folder, 'cpu')
    model = networks.model
    if (known.encoder, known.video) != (model.encoder_config, model.config):
        raise CheckpointError(
            f'{folder} has another encoder or predictor than this configuration needs: give both '
            'the same settings'
        )
    model.load_state_dict(start.state_dict())
    networks.target.load_state_dict(model.encoder.state_dict())
