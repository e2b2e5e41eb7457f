"""Risk: how much each thing that may happen counts in the cost of a candidate."""

from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor

from foresight.protocols import Risk


def tail_weights(
    costs: Float[Tensor, '*batch future'], share: float,
) -> Float[Tensor, '*batch future']:
    """Let only the costliest share of the futures count, each as much.

    The weighted mean of the costs is their conditional value at risk: at share 1 the mean, at
    the share of one future or less the worst. A future on the border counts in part.

    Args:
        costs: Cost of each equally likely future.
        share: Share of the futures that count, in (0, 1].

    Raises:
        ValueError: If `share` is outside (0, 1].

    References:
        Rockafellar and Uryasev 2000, Optimization of conditional value-at-risk.
    """
    if not 0.0 < share <= 1.0:
        raise ValueError(f'share = {share}: must be in (0, 1]')
    counted = max(share * costs.shape[-1], 1.0)
    rank = costs.argsort(dim=-1, descending=True).argsort(dim=-1)  # 0 is the costliest.
    return (counted - rank).clamp(0.0, 1.0) / counted


def make_risk(kind: str, alpha: float) -> Risk | None:
    """Build what `OptimiserConfig.risk` names; None for `off`.

    Args:
        kind: `off`, `mean`, `cvar` or `worst`.
        alpha: Share of the costliest futures that count for `cvar`.
    """
    if kind == 'off':
        return None
    share = {'mean': 1.0, 'cvar': alpha, 'worst': torch.finfo(torch.float32).tiny}[kind]
    return partial(tail_weights, share=share)
