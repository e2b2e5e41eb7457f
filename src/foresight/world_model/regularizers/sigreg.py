"""SIGReg: cells that look like an isotropic Gaussian from every direction."""

import math

import torch
from jaxtyping import Float
from torch import Generator, Tensor
from torch.nn import functional

from foresight.world_model.regularizers.term import CellViews, Penalty, Regularizer

DIRECTIONS = 32  # Drawn anew every step, so few are enough.
KNOTS, REACH = 17, 3.0  # Points of the integral over frequencies, and the largest frequency.
SCALE = 10.0  # Weight 1 is then about the published weight times the published batch.


def epps_pulley(samples: Float[Tensor, 'sample direction']) -> Float[Tensor, ' direction']:
    """Measure how far samples are from a standard normal distribution.

    Integrates the squared distance of the two characteristic functions under a Gaussian window;
    the integrand is even, so half of it suffices. Not multiplied by the number of samples: the
    weight should not depend on it. 0 for a normal distribution; above 0.4 for a constant.

    References:
        Epps and Pulley, A test for normality based on the empirical characteristic function,
        Biometrika 1983; Balestriero and LeCun, LeJEPA, arXiv:2511.08544: as a training loss.
    """
    frequency = torch.linspace(0.0, REACH, KNOTS, device=samples.device)
    normal = (-0.5 * frequency.square()).exp()
    angle = samples[..., None] * frequency  # sample direction knot
    real, imaginary = angle.cos().mean(dim=0) - normal, angle.sin().mean(dim=0)
    integrand = (real.square() + imaginary.square()) * normal
    return 2.0 * torch.trapezoid(integrand, frequency, dim=-1)


def draw_directions(channels: int, count: int,
                    generator: Generator) -> Float[Tensor, 'channel direction']:
    """Draw unit vectors that are orthogonal to the vector of ones."""
    directions = torch.randn(channels, count, generator=generator)
    return functional.normalize(directions - directions.mean(dim=0), dim=0)


class SketchedGaussian(Regularizer):
    """Tests cells for normality along random directions.

    Layer norm puts a cell on a sphere around the origin, orthogonal to the vector of ones.
    Spread evenly over it, the cells are nearly normal along each direction of that subspace, with
    variance C / (C - 1): there the test looks, and there its optimum can be reached. (Behind a
    projector of its own the test would be met by the projector.)

    References:
        Balestriero and LeCun, LeJEPA, arXiv:2511.08544: sketched isotropic Gaussian
        regularization.
    """

    def __init__(self, channels: int, weight: float) -> None:
        super().__init__()
        self._scale = math.sqrt((channels - 1) / channels)
        self._weight = SCALE * weight

    def forward(self, views: CellViews, generator: Generator) -> Penalty:
        """Penalise any direction along which the cells are not normal."""
        cells = views.cells.float()
        directions = draw_directions(cells.shape[1], DIRECTIONS, generator).to(cells.device)
        with torch.autocast(cells.device.type, enabled=False):
            normality = epps_pulley(self._scale * cells @ directions).mean()
        return Penalty(self._weight * normality, {'normality': normality})
