"""Candidate actions that satisfy every guardrail: the infeasible ones never leave this file."""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Generator, Tensor

from foresight.errors import PlanningError
from foresight.planning.action_space import ActionSpace
from foresight.protocols import ActionSampler, Guardrail

FRESH_ATTEMPTS = 20
SMALLEST_DRAW = 64
PERTURB_ATTEMPTS = 3


def allowed_by(
    guardrails: Sequence[Guardrail], actions: Float[Tensor, 'batch action'],
) -> Bool[Tensor, ' batch']:
    """Return True where an action is finite and satisfies all guardrails."""
    allowed = actions.isfinite().all(dim=-1)
    for guardrail in guardrails:
        allowed = allowed & guardrail(actions)
    return allowed


def draw_feasible(
    sampler: ActionSampler, guardrails: Sequence[Guardrail], count: int, generator: Generator,
) -> Float[Tensor, 'count action']:
    """Draw actions that satisfy all guardrails; they are repeated where too few are found.

    Raises:
        PlanningError: If no drawn action satisfies all guardrails.
    """
    kept: list[Tensor] = []
    found = 0
    for _ in range(FRESH_ATTEMPTS):
        drawn = sampler(max(count, SMALLEST_DRAW), generator)
        kept.append(drawn[allowed_by(guardrails, drawn)])
        found += len(kept[-1])
        if found >= count:
            break
    if not found:
        raise _nothing_allowed(guardrails, drawn)
    return torch.cat(kept)[torch.arange(count) % found]


def _nothing_allowed(
    guardrails: Sequence[Guardrail], drawn: Float[Tensor, 'batch action'],
) -> PlanningError:
    """Name the guardrail that refuses most."""
    passed = {rule.name: int(rule(drawn).sum()) for rule in guardrails}
    if not passed or not drawn.isfinite().all():
        return PlanningError('the sampler draws actions that are not finite: check its bounds')
    name = min(passed, key=lambda rule: passed[rule])
    return PlanningError(
        f'no candidate satisfies guardrail {name!r} ({passed[name]} of {len(drawn)} draws pass '
        'it alone): check the keep-out zones and the bounds of the action',
    )


class Candidates:
    """Draws feasible actions: fresh ones from a sampler, and perturbed copies of given ones."""

    def __init__(
        self, sampler: ActionSampler, guardrails: Sequence[Guardrail], space: ActionSpace,
    ) -> None:
        self._sampler, self._guardrails, self._space = sampler, tuple(guardrails), space

    def feasible(self, actions: Float[Tensor, '*batch action']) -> Bool[Tensor, '*batch']:
        """Return True where an action is finite and satisfies all guardrails."""
        flat = actions.reshape(-1, actions.shape[-1])  # batch action
        return allowed_by(self._guardrails, flat).reshape(actions.shape[:-1])

    def fresh(self, count: int, generator: Generator) -> Float[Tensor, 'count action']:
        """Draw feasible actions from the sampler.

        Raises:
            PlanningError: If no drawn action satisfies all guardrails.
        """
        return draw_feasible(self._sampler, self._guardrails, count, generator)

    def perturb(
        self, centres: Float[Tensor, 'count horizon action'], std: Float[Tensor, ' action'],
        generator: Generator,
    ) -> Float[Tensor, 'count horizon action']:
        """Add noise to action sequences; an infeasible action is drawn again, then replaced."""
        flat = centres.reshape(-1, centres.shape[-1])  # count*horizon action
        moved = self._move(flat, std, generator)
        refused = ~self.feasible(moved)
        for _ in range(PERTURB_ATTEMPTS):
            if not refused.any():
                break
            moved[refused] = self._move(flat[refused], std, generator)
            refused = ~self.feasible(moved)
        if refused.any():
            moved[refused] = self.fresh(int(refused.sum()), generator)
        return moved.reshape(centres.shape)

    def _move(self, actions: Tensor, std: Tensor, generator: Generator) -> Tensor:
        """Return copies of `actions` with Gaussian noise, within the action space."""
        noise = std * torch.randn(actions.shape, generator=generator)
        return self._space.settle(actions + noise)


class BlendedSampler:
    """Draws a share of actions from proposals that suit the belief, the rest from a base."""

    def __init__(self, base: ActionSampler, proposals: ActionSampler, share: float) -> None:
        """Mix `proposals` in with the given share in [0, 1]."""
        self._base, self._proposals, self._share = base, proposals, share

    def __call__(self, count: int, generator: Generator) -> Float[Tensor, 'count action']:
        """Draw `count` actions in random order."""
        chosen = round(self._share * count)
        drawn = [self._proposals(chosen, generator)] if chosen else []
        if chosen < count:
            drawn.append(self._base(count - chosen, generator))
        # A prefix of the draw must hold both kinds, whoever truncates it.
        return torch.cat(drawn)[torch.randperm(count, generator=generator)]
