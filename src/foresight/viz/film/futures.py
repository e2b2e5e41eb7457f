"""What a decision imagined: where things would be after the chosen action and after others."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from foresight.macro_action import MacroAction, Outline
from foresight.protocols import WorldModel
from foresight.viz.demo_result import DemoAction

SHOWN = 6  # futures, the chosen one among them
FAINT = 0.35  # share of the strongest cell below which nothing is shown
HeatMap = Float[np.ndarray, 'row column']


@dataclass(frozen=True)
class Future:
    """One imagined future.

    Attributes:
        outline: The action.
        heat: How much each cell of the rectified view differs from a bare one, from 0 to 1.
    """

    outline: Outline
    heat: HeatMap


@dataclass(frozen=True)
class Futures:
    """What one decision imagined.

    Attributes:
        futures: The best ones that differ.
        chosen: Which of them was chosen.
        candidates: How to draw the best actions.
        imagined: How many actions were imagined.
    """

    futures: tuple[Future, ...]
    chosen: int
    candidates: tuple[Outline, ...]
    imagined: int


def imagine(model: WorldModel, action: MacroAction, decided: DemoAction) -> Futures | None:
    """Imagine again what a decision imagined; None if what it was made of is not known."""
    thought = decided.thought
    if thought is None:
        return None
    others = _differing(decided.action, thought.candidates)
    # The chosen one stands in the middle of the upper row.
    numbers = np.stack([*others[:1], decided.action, *others[1:]])
    belief = torch.tensor(thought.belief)[None]
    batch = torch.tensor(numbers, dtype=torch.float32)
    with torch.inference_mode():
        after = model.predict(belief.expand(len(batch), -1, -1, -1), batch)
        bare = belief.flatten(2).median(dim=-1).values[..., None, None]
        distances = (torch.cat([belief, after]) - bare).norm(dim=1).float().numpy()
    share = distances / max(float(distances.max()), 1e-9)
    heats = np.clip((share - FAINT) / (1.0 - FAINT), 0.0, 1.0)
    outlines = [action.outline(each) for each in numbers]
    futures = tuple(Future(*pair) for pair in zip(outlines, heats[1:], strict=True))
    drawn = tuple(action.outline(each) for each in thought.candidates)
    return Futures(futures, min(len(others), 1), drawn, thought.imagined)


def _differing(
    chosen: Float[np.ndarray, ' action'], candidates: Float[np.ndarray, 'candidate action'],
) -> Float[np.ndarray, 'kept action']:
    """Return candidates that differ most from the chosen action and from one another."""
    pool = np.concatenate([chosen[None], candidates])
    scaled = pool / np.maximum(np.ptp(pool, axis=0), 1e-6)
    picked = [0]
    while len(picked) < min(SHOWN, len(pool)):
        gaps = np.linalg.norm(scaled[:, None] - scaled[picked], axis=-1).min(axis=1)
        if gaps.max() < 1e-6:
            break
        picked.append(int(gaps.argmax()))
    return np.asarray(pool[sorted(picked[1:])])
