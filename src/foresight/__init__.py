"""Foresight: a robot arm that plans in the latent space of a learned world model.

`import foresight` is quick: what stands in `__all__` is imported when it is first used.
"""

from importlib import import_module
from typing import Any

HOMES = {
    'load': 'actions.loading', 'load_task': 'tasks.task_file', 'load_scene': 'tasks.site_file',
    'Observation': 'protocols', 'CameraView': 'protocols', 'Belief': 'protocols',
    'Perception': 'world_model.observation.perception', 'assemble': 'tasks.assembly',
    'ArmModel': 'robots.arm', 'JointLevelConfig': 'robots.joint_level',
    'ClearTable': 'sim.clear_table', 'SimConfig': 'sim.settings',
    'plot_latents': 'viz.plots', 'plot_plan': 'viz.plots',
}
"""Module of each public name."""
__all__ = list(HOMES)  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in HOMES:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(import_module(f'{__name__}.{HOMES[name]}'), name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
