"""Collect play of an arm at tables in simulation."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from foresight.actions.kinds import make
from foresight.files import version
from foresight.macro_action import ActionConfig, with_action
from foresight.robots.arm import ArmModel
from foresight.rollout.gathering import Order, Progress, check_manifest, gather
from foresight.rollout.play import Collector, PlayConfig, load_planner
from foresight.rollout.sites import SiteCollector
from foresight.settings import SceneConfig


def collect(config: PlayConfig, folder: Path, progress: Progress) -> int:
    """Play until the folder holds enough actions.

    Episodes are seeded by their number, so that an interrupted run goes on where it stopped.

    Args:
        config: What play looks like; a folder takes only one.
        folder: Where the episodes go.
        progress: Called with the number of actions held so far.

    Returns:
        The number of actions in the folder.

    Raises:
        CheckpointError: If what shall plan is missing, damaged or of another table.
        ConfigError: If there is no task as it shall plan for.
        DatasetError: If the folder was made with other settings, the disk is full, or workers
            keep dying. Finished episodes stay.
    """
    # Says what is wrong, which a worker cannot.
    load_planner(config, ArmModel.load(config.robot, config.scene.stand))
    check_manifest(folder, _described(config), lambda kept: _completed(kept, config.scene))
    play = config.collect
    order = Order(play.actions, play.seed, play.workers)
    return gather(MakeCollector(config), order, folder, progress)


@dataclass(frozen=True)
class MakeCollector:
    """Builds what plays, in the process that plays."""

    config: PlayConfig

    def __call__(self) -> Collector | SiteCollector:
        """Build it."""
        return (SiteCollector if self.config.collect.sites else Collector)(self.config)


def _described(config: PlayConfig) -> dict[str, Any]:
    """Say what decides how play looks: all but how much of it, and on how many processes."""
    same = replace(
        config, collect=replace(config.collect, actions=1, workers=1),
        action=make(config.action, config.scene).config,
    )
    return {'version': version(), **asdict(same)}


def _completed(kept: dict[str, Any], scene: SceneConfig) -> dict[str, Any]:
    """Add the defaults of the settings that a manifest does not know."""
    kept = with_action(kept)
    action = make(ActionConfig(**kept.get('action', {})), scene).config
    usual: dict[str, Any] = json.loads(json.dumps(asdict(PlayConfig(action=action))))
    return {**kept, 'action': usual.pop('action'), **{
        part: {**value, **kept.get(part, {})} if isinstance(value, dict) else kept.get(part, value)
        for part, value in usual.items()
    }}
