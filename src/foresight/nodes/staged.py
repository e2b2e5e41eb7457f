"""A lifecycle node: configure loads, activate works, deactivate holds, cleanup frees."""

from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

from foresight.errors import ForesightError
from foresight.nodes.health import Health
from foresight.nodes.parameters import refuse_unknown

SUCCESS, FAILURE = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE


class StagedNode(LifecycleNode):
    """Base of the lifecycle nodes; a node overrides what it needs of the four stages.

    Attributes:
        health: What the node says in `/diagnostics`.
        active: Whether the node is to work; callbacks return at once when it is not.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.active = False
        self.declare()
        refuse_unknown(self)
        self.health = Health(self, lambda: self.time)

    def declare(self) -> None:
        """Declare the parameters."""

    def configure(self) -> None:
        """Load and warm up; a ForesightError leaves the node unconfigured."""

    def activate(self) -> None:
        """Begin to work."""

    def deactivate(self) -> None:
        """Hold."""

    def cleanup(self) -> None:
        """Free what `configure` loaded."""

    @property
    def time(self) -> float:
        """Now, by the node's clock [s]."""
        return self.get_clock().now().nanoseconds * 1e-9

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Run `configure`."""
        try:
            self.configure()
        except ForesightError as error:
            self.get_logger().error(f'not configured: {error}')
            return FAILURE
        return super().on_configure(state)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Run `activate`; from here on the publishers publish."""
        try:
            self.activate()
        except ForesightError as error:
            self.get_logger().error(f'not activated: {error}')
            return FAILURE
        self.active = True
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Run `deactivate`, while the publishers still publish."""
        self.active = False
        self.deactivate()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Run `cleanup`."""
        self.cleanup()
        return super().on_cleanup(state)

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Hold and free, whatever the state was."""
        if self.active:
            self.active = False
            self.deactivate()
        self.cleanup()
        return super().on_shutdown(state)
