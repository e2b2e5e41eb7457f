"""Expander: the small network behind which a term compares cells."""

from torch import nn


def make_expander(channels: int, features: int) -> nn.Sequential:
    """Build a network from a cell to many features.

    Behind it a term about single features or pairs of them constrains more than moments of second
    order of the latent, and leaves the latent itself free to choose its axes.

    References:
        Bardes et al., VICReg, arXiv:2105.04906, section 4.1: expander.
    """
    return nn.Sequential(
        nn.Linear(channels, features), nn.ReLU(), nn.Linear(features, features),
    )
