"""What runs while faults are caused: on one computer with a tap, or on two with a wire between."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from foresight.nodes.faults.tap import ENTRY, LINES, before
from foresight.nodes.faults.wire import Wire
from foresight.nodes.session import SessionOptions
from foresight.nodes.topics import NODES, NodeEntry


@dataclass(frozen=True)
class BenchOptions(SessionOptions):
    """A system in which an episode lasts, so that many faults fit into it."""

    def source(self, topic: str) -> str:
        """Return where to hear a topic as its publisher says it."""
        return topic

    def parameters(self, node: str) -> dict[str, Any]:
        """Let an episode last."""
        more = {'max_actions': 1000} if node == 'planner' else {}
        return {**super().parameters(node), **more}


@dataclass(frozen=True)
class TappedOptions(BenchOptions):
    """A system in which messages go through a tap."""

    @property
    def nodes(self) -> list[NodeEntry]:
        """The nodes, and the tap."""
        return [*super().nodes, ENTRY]

    def source(self, topic: str) -> str:
        """Return where to hear a topic before the tap."""
        return before(topic)

    def remappings(self, node: str) -> Mapping[str, str]:
        """Lead what goes through the tap there first."""
        written = NODES[node].publishes if node in NODES else ()
        return {topic: before(topic) for topic in LINES.values() if topic in written}

    def parameters(self, node: str) -> dict[str, Any]:
        """Return the parameters of a node; the tap has none yet."""
        return {} if node == ENTRY.name else super().parameters(node)


@dataclass(frozen=True)
class WiredOptions(BenchOptions):
    """A system on two computers.

    Attributes:
        wire: What is between them.
    """

    wire: Wire = field(kw_only=True)

    @property
    def reach(self) -> str:
        """Look for each other in the network."""
        return 'SUBNET'

    def begin(self, node: str) -> tuple[str, ...]:
        """Let those that need the model run where it is."""
        return self.wire.there if node in ('perception', 'predictor', 'planner') else ()
