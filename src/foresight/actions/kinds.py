"""The kinds of macro-actions, by name."""

from collections.abc import Mapping

from foresight import registry
from foresight.actions.push.macro_action import PushAction
from foresight.actions.vector import VectorAction
from foresight.errors import CheckpointError
from foresight.macro_action import ActionConfig, ForeseenAction, MacroAction, Spread
from foresight.settings import SceneConfig

KINDS: Mapping[str, type[MacroAction]] = {PushAction.kind: PushAction}


def spread_of(kind: str) -> Spread:
    """Return how far a planner spreads candidates of a kind, unless a task says otherwise.

    Raises:
        ConfigError: If there is no such kind.
    """
    return registry.find('macro-action', kind, KINDS).spread


def make(config: ActionConfig, scene: SceneConfig) -> MacroAction:
    """Make a macro-action.

    Raises:
        ConfigError: If there is no such kind, or a setting is unknown or out of bounds.
    """
    return registry.find('macro-action', config.kind, KINDS).of(scene, config.settings)


def foreseen(config: ActionConfig, scene: SceneConfig) -> ForeseenAction:
    """Make what a world model foresees: a macro-action of an arm, or the vector of another thing.

    Raises:
        ConfigError: If there is no such kind, or a setting is unknown or out of bounds.
    """
    if config.kind == VectorAction.kind:
        return VectorAction.of(config.settings)
    return make(config, scene)


def check_kind(trained: str, asked: str, folder: object) -> None:
    """Refuse a checkpoint that foresees other actions than a task asks for.

    Raises:
        CheckpointError: If the two kinds differ.
    """
    if trained != asked:
        raise CheckpointError(
            f'{folder} foresees the macro-action {trained!r}, the task asks for {asked!r}: give a '
            f'checkpoint that was trained on {asked!r}, or another task'
        )
