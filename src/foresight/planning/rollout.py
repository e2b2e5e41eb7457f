"""Imagine and score candidates, a chunk at a time."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from foresight.protocols import Cost, CostBreakdown, Rollout, StochasticWorldModel, WorldModel

Unknowns = Float[Tensor, 'sample horizon unknown']


def roll_out(
    model: WorldModel, latent: Float[Tensor, '*latent'],
    actions: Float[Tensor, 'sample horizon action'], unknowns: Unknowns | None = None,
    branched: bool = False,
) -> Rollout:
    """Imagine what each action sequence does to one latent.

    Args:
        model: World model.
        latent: Where all sequences start.
        actions: Action sequences.
        unknowns: Latent variable of each step, for a model that has one; without it the model
            predicts the expected outcome.
        branched: Whether neighbours may begin alike; what they share is then imagined once,
            unless each has unknowns of its own.
    """
    actions = actions.to(latent.device)
    state = latent.expand(len(actions), *latent.shape)  # sample *latent, one copy in memory
    latents = latent.new_empty(actions.shape[1] + 1, *state.shape)  # steps sample *latent
    latents[0] = state
    for step in range(actions.shape[1]):
        if unknowns is not None:
            assert isinstance(model, StochasticWorldModel)
            state = model.imagine(state, actions[:, step], unknowns[:, step].to(latent.device))
        elif branched and step < actions.shape[1] - 1:
            kept, place = _distinct(actions[:, : step + 1])
            state = model.predict(state[kept], actions[kept, step])[place]
        else:
            state = model.predict(state, actions[:, step])
        latents[step + 1] = state
    # Each step stays contiguous, so that a cost reads it without a copy.
    return Rollout(latents.transpose(0, 1), actions)


def share_beginnings(
    actions: Float[Tensor, 'sample horizon action'], branches: int,
) -> Float[Tensor, 'sample horizon action']:
    """Make a tree of sequences: each beginning is continued by so many next actions.

    Neighbours share their first action, fewer of them the second, and none the last.
    """
    tree, horizon = actions.clone(), actions.shape[1]
    for step in range(horizon - 1):
        size = branches ** (horizon - 1 - step)
        tree[:, step] = actions[first_of_group(len(actions), size), step]
    return tree


def first_of_group(count: int, size: int) -> Int[Tensor, ' sample']:
    """Return for each place the first place of its group of neighbours."""
    return torch.arange(count) // size * size


def _distinct(
    beginnings: Float[Tensor, 'sample steps action'],
) -> tuple[Int[Tensor, ' kept'], Int[Tensor, ' sample']]:
    """Return the places that differ from their left neighbour, and where each place's is kept."""
    differs = (beginnings[1:] != beginnings[:-1]).flatten(1).any(dim=1)
    differs = torch.cat([differs.new_ones(1), differs])
    return torch.nonzero(differs).flatten(), differs.cumsum(0) - 1


def evaluate(
    model: WorldModel, cost: Cost, latent: Float[Tensor, '*latent'],
    actions: Float[Tensor, 'sample horizon action'], chunk: int, unknowns: Unknowns | None = None,
    branched: bool = False,
) -> CostBreakdown:
    """Score action sequences from one latent; at most `chunk` are in memory at once.

    Returns:
        Costs on the CPU, in the order of `actions`.
    """
    pieces = torch.split(actions, chunk)
    given = torch.split(unknowns, chunk) if unknowns is not None else [None] * len(pieces)
    parts = [
        cost(roll_out(model, latent, piece, unknown, branched))
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
