"""Calling other nodes: services and parameters, with limits on every wait."""

import time
from collections.abc import Callable
from typing import Any

from rcl_interfaces.srv import SetParameters
from rclpy.executors import Executor
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_srvs.srv import Trigger

from foresight.errors import ForesightError

START = 60.0  # longest wait for a node to appear [s]
MATCH = 0.5  # a server may hear of a new client this much later, and drops what it answers [s]
ANSWER = 30.0  # longest wait for an answer: a model is loaded on a busy machine [s]


class Calls:
    """Calls services of other nodes while its own node goes on."""

    def __init__(
        self, node: Node, executor: Executor, check: Callable[[], None] = lambda: None,
    ) -> None:
        """Use a node that this executor spins; `check` raises when waiting is of no use."""
        self.node, self._executor, self._check = node, executor, check
        self._clients: dict[str, Any] = {}

    def ask(self, kind: Any, name: str, request: Any) -> Any:
        """Call a service once it is there; return what will hold the answer."""
        new, absent = name not in self._clients, f'{name} does not appear'
        if new:
            self._clients[name] = self.node.create_client(kind, name)
        client = self._clients[name]
        self.spin_until(client.service_is_ready, START, absent)
        if new:
            self.spin(MATCH)
            self.spin_until(client.service_is_ready, START, absent)
        return client.call_async(request)

    def wait_for(self, answer: Any, name: str) -> Any:
        """Return the answer of a service."""
        self.spin_until(answer.done, ANSWER, f'{name} does not answer')
        return answer.result()

    def trigger(self, name: str, patience: float = 0.0) -> None:
        """Call a Trigger service, for `patience` [s] again and again until it says yes.

        Raises:
            ForesightError: If it says no.
        """
        deadline = time.monotonic() + patience
        while True:
            answer = self.wait_for(self.ask(Trigger, name, Trigger.Request()), name)
            if answer.success:
                return
            if time.monotonic() > deadline:
                raise ForesightError(f'{name}: {answer.message}')
            self.spin(0.1)

    def set(self, node: str, **values: Any) -> None:
        """Set parameters of another node.

        Raises:
            ForesightError: If it refuses one.
        """
        parameters: list[Any] = [
            Parameter(name, value=value).to_parameter_msg() for name, value in values.items()
        ]
        request = SetParameters.Request(parameters=parameters)
        answer = self.wait_for(self.ask(SetParameters, f'{node}/set_parameters', request), node)
        refused = [result.reason for result in answer.results if not result.successful]
        if refused:
            raise ForesightError(f'{node}: {", ".join(refused)}')

    def spin_until(self, condition: Callable[[], bool], limit: float, what: str) -> None:
        """Spin until something holds.

        Raises:
            ForesightError: If it does not within `limit` [s]; `what` says what is wrong then.
        """
        deadline = time.monotonic() + limit
        while not condition():
            self._executor.spin_once(timeout_sec=0.05)
            self._check()
            if time.monotonic() > deadline:
                raise ForesightError(f'{what}: see its log')

    def spin(self, seconds: float) -> None:
        """Spin for a while."""
        end = time.monotonic() + seconds
        self.spin_until(lambda: time.monotonic() > end, seconds + ANSWER, 'time stands still')
