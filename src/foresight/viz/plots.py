"""Plots for a notebook: latents as colours, and a plan with what it is imagined to do."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from foresight.macro_action import MacroAction
from foresight.protocols import Latent, Observation, Plan
from foresight.viz.drawing import draw_on_camera

COLOURS = 3


def latent_colours(latents: Sequence[Latent]) -> list[Float[np.ndarray, 'height width 3']]:
    """Return latents as pictures, red, green and blue in [0, 1].

    The three colours are the first principal components of all cells together: cells of one
    colour say the same, in whichever picture they are.

    Args:
        latents: Latents of one encoder, each of shape (channel, height, width).
    """
    cells = np.concatenate([
        latent.detach().float().cpu().flatten(1).T.numpy() for latent in latents
    ])  # latent*height*width channel
    centred = cells - cells.mean(axis=0)
    _, _, components = np.linalg.svd(centred, full_matrices=False)
    spread = centred @ components[:COLOURS].T
    low, high = np.percentile(spread, (1, 99), axis=0)
    colours = np.clip((spread - low) / np.maximum(high - low, 1e-9), 0.0, 1.0)
    height, width = latents[0].shape[1:]
    return list(colours.reshape(len(latents), height, width, -1))


def plot_latents(latents: Mapping[str, Latent]) -> Figure:
    """Draw latents side by side; the same colour means the same in each of them.

    Args:
        latents: Latents of one encoder by what stands above them.
    """
    figure = Figure(figsize=(3.2 * len(latents), 2.6), layout='constrained')
    for axes, title, picture in zip(
        figure.subplots(1, len(latents), squeeze=False)[0], latents,
        latent_colours(list(latents.values())), strict=True,
    ):
        _show(axes, picture, title)
    return figure


def plot_plan(observation: Observation, plan: Plan, action: MacroAction) -> Figure:
    """Draw the first action of a plan on the camera image, and the latents that it imagines.

    Args:
        observation: Image that the plan was made from.
        plan: What was planned.
        action: Macro-action that the plan consists of.
    """
    outline = action.outline(plan.actions[0].double().numpy())
    pictures = latent_colours(list(plan.latents))
    figure = Figure(figsize=(3.2 * (1 + len(pictures)), 2.6), layout='constrained')
    camera, *imagined = figure.subplots(1, 1 + len(pictures))
    _show(camera, draw_on_camera(observation.image, outline, observation.view), 'planned')
    for step, (axes, picture) in enumerate(zip(imagined, pictures, strict=True)):
        _show(axes, picture, f'imagined after {step}' if step else 'latent now')
    shares = ', '.join(f'{name} {share:.2f}' for name, share in plan.terms.items())
    figure.suptitle(f'cost {plan.cost:.2f}: {shares}', fontsize='small')
    return figure


def _show(axes: Axes, picture: np.ndarray, title: str) -> None:
    """Show a picture without axes."""
    axes.imshow(picture)
    axes.set_title(title, fontsize='medium')
    axes.set_axis_off()
