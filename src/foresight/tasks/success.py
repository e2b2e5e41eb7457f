"""What counts as success, by name: rules of this package, of others, or `module:Class`.

Each is called with the scene and with the parameters that the task file gives it. Only evaluation
asks it, with true places; a planner never does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from foresight import registry
from foresight.settings import SceneConfig
from foresight.tasks.clear_table.score import InBin
from foresight.tasks.gather.success import Together
from foresight.tasks.regions.success import InRegion, NearPoint, OutOfZone
from foresight.tasks.scene_view import SuccessRule

GROUP = 'foresight.success'
"""Entry points of packages that offer rules."""
WHAT = 'success rule'


SUCCESS: Mapping[str, Callable[..., SuccessRule]] = {
    rule.name: rule for rule in (InBin, InRegion, OutOfZone, NearPoint, Together)
}


@dataclass(frozen=True)
class Success:
    """What a task file says of success.

    Attributes:
        rule: Name of the rule.
        parameters: What it is given.
    """

    rule: str = InBin.name
    parameters: tuple[tuple[str, Any], ...] = ()

    def check(self) -> None:
        """Check that there is such a rule and that it takes its parameters.

        Raises:
            ConfigError: If there is none, or it does not.
        """
        registry.check(WHAT, self.rule, self._maker(), dict(self.parameters))

    def make(self, scene: SceneConfig) -> SuccessRule:
        """Make the rule for a scene.

        Raises:
            ConfigError: If it can never be true there.
        """
        return registry.make(WHAT, self.rule, self._maker(), scene, dict(self.parameters))

    def _maker(self) -> Callable[..., SuccessRule]:
        """Return what makes the rule."""
        return registry.find(WHAT, self.rule, SUCCESS, GROUP)
