"""The belief as latents and actions come in: memory, occlusion and task predictor together."""

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from foresight.protocols import Belief, Latent
from foresight.world_model.belief.memory import Memory, MemoryConfig, carry_out, nothing_seen, see
from foresight.world_model.jepa import Jepa
from foresight.world_model.observation.occlusion import cell_visibility


class BeliefTracker:
    """Keeps one memory up to date; the predictor node and the evaluations both use it.

    Attributes:
        memory: What is believed now.
        empty: Latent of a table that looks exactly like the empty one.
    """

    memory: Memory

    def __init__(self, model: Jepa, config: MemoryConfig) -> None:
        """Begin with nothing seen."""
        self._model, self._config = model, config
        self._imagined: tuple[Latent, Float[Tensor, ' action']] | None = None
        self.empty = _empty_table(model)
        self.forget()

    def forget(self) -> None:
        """Forget everything: an empty table that was never seen."""
        self.memory, self._imagined = nothing_seen(self.empty), None

    def restore(self, memory: Memory) -> None:
        """Go on with a memory of an earlier run."""
        self.memory, self._imagined = memory, None

    def see(self, latent: Latent, stamp: float,
            hidden: Bool[np.ndarray, 'row column'] | None = None) -> Belief:
        """Take in the latent of an image taken at `stamp` [s] and return the belief.

        `hidden` are the pixels of the rectified image that show the arm or another thing before
        the table; None if nothing does.
        """
        config = self._config
        visible = torch.ones(latent.shape[1:]) if hidden is None else cell_visibility(
            hidden, self._model.encoder_config.stride, config.margin, config.reach,
        )
        latent = latent.to(self.empty.device)
        self.memory = see(self.memory, latent, visible.to(latent.device), stamp, config.half_life)
        return Belief(self.memory.latent, stamp)

    def begin_action(self, action: Float[Tensor, ' action']) -> Latent:
        """Return the latent that an action which is about to be carried out should lead to."""
        with torch.inference_mode():
            device = self._model.device
            predicted = self._model.predict(
                self.memory.latent[None].to(device), action[None].to(device),
            )[0]
        self._imagined = predicted, action
        return predicted

    def end_action(self) -> None:
        """Believe what was imagined wherever the outcome cannot be seen."""
        if self._imagined is None:
            return
        (predicted, action), self._imagined = self._imagined, None
        swept = self._model.raster.coverage(action[None].to(predicted.device))[0]
        self.memory = carry_out(self.memory, predicted, swept, self._config.trust)


def _empty_table(model: Jepa) -> Latent:
    """Return the latent of a table that looks exactly like the empty one."""
    shape = model.encoder_config
    grey = torch.full((1, shape.rows, shape.columns, 3), 128, dtype=torch.uint8)
    grey = grey.to(model.device)
    with torch.inference_mode():
        return model.encode(grey, grey)[0]
