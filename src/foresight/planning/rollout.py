"""Imagine and score candidates, a chunk at a time."""

import torch
from jaxtyping import Float
from torch import Tensor

from foresight.protocols import (
    Cost,
    CostBreakdown,
    Rollout,
    StochasticWorldModel,
    WorldModel,
)

Unknowns = Float[Tensor, 'sample horizon unknown']


def roll_out(
    model: WorldModel,
    latent: Float[Tensor, '*latent'],
    actions: Float[Tensor, 'sample horizon action'],
    unknowns: Unknowns | None = None,
) -> Rollout:
    """Imagine what each action sequence does to one latent.

    Args:
        model: World model.
        latent: Where all sequences start.
        actions: Action sequences.
        unknowns: Latent variable of each step, for a model that has one; without it the model
            predicts the expected outcome.
    """
    actions = actions.to(latent.device)
    state = latent.expand(len(actions), *latent.shape)  # sample *latent, one copy in memory
    latents = latent.new_empty(actions.shape[1] + 1, *state.shape)  # steps sample *latent
    latents[0] = state
    for step in range(actions.shape[1]):
        if unknowns is None:
            state = model.predict(state, actions[:, step])
        else:
            assert isinstance(model, StochasticWorldModel)
            state = model.imagine(state, actions[:, step], unknowns[:, step].to(latent.device))
        latents[step + 1] = state
    # Each step stays contiguous, so that a cost reads it without a copy.
    return Rollout(latents.transpose(0, 1), actions)


def evaluate(
    model: WorldModel,
    cost: Cost,
    latent: Float[Tensor, '*latent'],
    actions: Float[Tensor, 'sample horizon action'],
    chunk: int,
    unknowns: Unknowns | None = None,
) -> CostBreakdown:
    """Score action sequences from one latent; at most `chunk` are in memory at once.

    Returns:
        Costs on the CPU, in the order of `actions`.
    """
    pieces = torch.split(actions, chunk)
    given = torch.split(unknowns, chunk) if unknowns is not None else [None] * len(pieces)
    parts = [
        cost(roll_out(model, latent, piece, unknown))
        for piece, unknown in zip(pieces, given, strict=True)
    ]
    names = parts[0].shares
    return CostBreakdown(
        total=torch.cat([part.total for part in parts]).float().cpu(),
        shares={
            name: torch.cat([part.shares[name] for part in parts]).float().cpu()
            for name in names
        },
    )
