"""What a decision imagined, imagined again."""

from dataclasses import replace

import numpy as np
import torch

from foresight.actions.push.macro_action import PushAction
from foresight.viz.demo_result import DemoResult
from foresight.viz.film.futures import SHOWN, imagine

ACTION = PushAction()


class Shifting:
    """A world model that moves everything one cell to the right."""

    def predict(self, latents: torch.Tensor, actions: torch.Tensor) -> torch.Tensor:
        """Predict."""
        return latents.roll(1, dims=-1)


def test_the_chosen_action_is_among_futures_that_differ(result: DemoResult) -> None:
    decided = result.actions[0]
    found = imagine(Shifting(), ACTION, decided)
    assert found is not None and len(found.futures) == SHOWN and found.imagined == 257
    chosen = found.futures[found.chosen].outline
    assert np.allclose(chosen.lines[0], decided.outline.lines[0])
    ways = np.array([future.outline.lines[0].ravel() for future in found.futures])
    assert len(np.unique(ways.round(6), axis=0)) == SHOWN
    assert len(found.candidates) == 12


def test_heat_is_where_the_model_puts_things(result: DemoResult) -> None:
    found = imagine(Shifting(), ACTION, result.actions[0])
    assert found is not None
    heat = found.futures[0].heat
    assert np.unravel_index(heat.argmax(), heat.shape) == (5, 7)
    assert heat.max() == 1.0 and (heat > 0).sum() == 1


def test_of_a_single_candidate_only_the_chosen_one_is_shown(result: DemoResult) -> None:
    decided = result.actions[0]
    assert decided.thought is not None
    alone = replace(decided, thought=replace(decided.thought, candidates=decided.action[None]))
    found = imagine(Shifting(), ACTION, alone)
    assert found is not None and len(found.futures) == 1 and found.chosen == 0


def test_a_lost_message_leaves_no_futures(result: DemoResult) -> None:
    assert imagine(Shifting(), ACTION, replace(result.actions[0], thought=None)) is None
