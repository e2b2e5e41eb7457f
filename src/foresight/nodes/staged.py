"""A lifecycle node: configure loads, activate works, deactivate holds, cleanup frees."""

from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

from foresight.nodes.health import Health
from foresight.nodes.parameters import refuse_unknown
from foresight.nodes.surviving import SurvivingNode

SUCCESS, FAILURE = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE


class StagedNode(SurvivingNode, LifecycleNode):
    """Base of the lifecycle nodes; a node overrides what it needs of the four stages.

    The stages may come in any order, again and again. One that fails is logged with what helps.

    Attributes:
        health: What the node says in `/diagnostics`.
        active: Whether the node is to work; callbacks return at once when it is not.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.active = False
        self.declare()
        refuse_unknown(self)
        self.health = Health(
            self, lambda: self.time, lambda: str(self._state_machine.current_state[1]),
        )

    def declare(self) -> None:
        """Declare the parameters."""

    def configure(self) -> None:
        """Load and warm up; what it raises leaves the node unconfigured."""

    def activate(self) -> None:
        """Begin to work; the publishers publish already."""

    def deactivate(self) -> None:
        """Hold; the publishers still publish."""

    def cleanup(self) -> None:
        """Free what `configure` loaded, all of it or a part."""

    @property
    def time(self) -> float:
        """Now, by the node's clock [s]."""
        return self.get_clock().now().nanoseconds * 1e-9

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Run `configure`; if it fails, free what it had loaded."""
        if not self.attempt('not configured', self.configure):
            why = self.fault
            self.attempt('not cleaned up', self.cleanup)
            self.health.fail(why)
            return FAILURE
        return super().on_configure(state)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Run `activate`, once the publishers publish."""
        result = super().on_activate(state)
        if not self.attempt('not activated', self.activate):
            self.health.fail(self.fault)
            super().on_deactivate(state)
            return FAILURE
        self.active = True
        return result

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Run `deactivate`, while the publishers still publish."""
        self.active = False
        self.attempt('not at rest', self.deactivate)
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Run `cleanup`."""
        self.attempt('not cleaned up', self.cleanup)
        return super().on_cleanup(state)

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Hold and free, whatever the state was."""
        if self.active:
            self.active = False
            self.attempt('not at rest', self.deactivate)
        self.attempt('not cleaned up', self.cleanup)
        return super().on_shutdown(state)
