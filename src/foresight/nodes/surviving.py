"""A node that outlives a fault of a callback: the fault is logged, and what helps."""

import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from rclpy.node import Node
from rclpy.service import Service
from rclpy.subscription import Subscription
from rclpy.timer import Timer

from foresight.errors import ForesightError


class SurvivingNode(Node):
    """Logs what its callbacks raise and goes on.

    A robot is not left without its guard because one message was odd.

    Attributes:
        fault: What was logged last.
    """

    fault = ''

    def create_subscription(
        self, msg_type: Any, topic: str, callback: Any, *given: Any, **named: Any,
    ) -> Subscription:
        """Subscribe; a message that the callback fails on is passed over."""
        return super().create_subscription(
            msg_type, topic, self._surviving(topic, callback), *given, **named,
        )

    def create_timer(
        self, timer_period_sec: float, callback: Any, *given: Any, **named: Any,
    ) -> Timer:
        """Make a timer that goes on after a fault."""
        return super().create_timer(
            timer_period_sec, self._surviving('timer', callback), *given, **named,
        )

    def create_service(
        self, srv_type: Any, srv_name: str, callback: Any, *given: Any, **named: Any,
    ) -> Service:
        """Offer a service; after a fault it answers what was prepared: no, for a Trigger."""
        def answer(request: Any, response: Any) -> Any:
            answers = [response]
            self.attempt(srv_name, lambda: answers.append(callback(request, response)))
            return answers[-1]

        return super().create_service(srv_type, srv_name, answer, *given, **named)

    def attempt(self, what: str, work: Callable[[], object]) -> bool:
        """Do something; what it raises is logged, with `what` before it and what helps.

        Returns:
            Whether it went well.
        """
        try:
            work()
        except ForesightError as error:
            self.fault = f'{what}: {error}'
            self.get_logger().error(self.fault, throttle_duration_sec=1.0)
        except Exception as error:  # the one place: whatever it is, the node must live on
            if not self.context.ok():
                raise  # a signal ended rclpy in the middle of it
            self.fault = f'{what}: {unexpected(error)}'
            self.get_logger().error(self.fault, throttle_duration_sec=1.0)
        else:
            return True
        return False

    def _surviving(self, what: str, callback: Callable[..., object]) -> Callable[..., None]:
        """Wrap a callback of any signature."""
        @wraps(callback)
        def safe(*given: Any) -> None:
            self.attempt(what, lambda: callback(*given))

        return safe


def unexpected(error: Exception) -> str:
    """Say what nobody foresaw, where it happened and what to do."""
    calls = traceback.extract_tb(error.__traceback__)
    inside = [call for call in calls[1:] if 'foresight' in Path(call.filename).parts]
    call = (inside or calls)[-1]
    return (
        f'{type(error).__name__}: {error} ({Path(call.filename).name}:{call.lineno} in '
        f'{call.name}): mend the file or message that this names and configure again; if it names '
        'none, it is a fault of this package: report this line'
    )
