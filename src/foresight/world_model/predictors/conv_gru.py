"""Convolutional gated recurrent unit: a memory in every cell of a grid."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

SLOWEST, FASTEST = -3.0, 1.0  # First biases of the update gate: from 20 frames down to one.


class ConvGru(nn.Module):
    """One layer whose state has the shape of its input.

    The update gates begin with many time scales, so that some cells of the state remember from
    the start.

    References:
        Ballas et al., Delving deeper into convolutional networks for learning video
        representations, arXiv:1511.06432, equations 5 to 8. Tallec and Ollivier, Can recurrent
        neural networks warp time?, arXiv:1804.11188: biases of the gates.
    """

    def __init__(self, channels: int) -> None:
        """Build the layer; input and state have as many channels."""
        super().__init__()
        self.gates = nn.Conv2d(2 * channels, 2 * channels, 3, padding=1)
        self.candidate = nn.Conv2d(2 * channels, channels, 3, padding=1)
        with torch.no_grad():
            assert self.gates.bias is not None
            self.gates.bias[:channels] = torch.linspace(SLOWEST, FASTEST, channels)

    def forward(
        self,
        features: Float[Tensor, 'batch channel height width'],
        state: Float[Tensor, 'batch channel height width'],
    ) -> Float[Tensor, 'batch channel height width']:
        """Return the next state."""
        gates = torch.sigmoid(self.gates(torch.cat([features, state], dim=1)))
        update, reset = gates.chunk(2, dim=1)
        candidate = torch.tanh(self.candidate(torch.cat([features, reset * state], dim=1)))
        return torch.lerp(state, candidate, update)
