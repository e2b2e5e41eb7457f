"""Claims about nodes that are killed and that hang in mid-push, in one running system."""

import os
import signal
import time
import warnings

import numpy as np
import pytest

from foresight.data.joint_messages import seconds
from foresight.nodes.endpoints import subscription
from foresight.sim.settings import SimConfig

pytestmark = [pytest.mark.alone, pytest.mark.slow, pytest.mark.timeout(600)]
STANDS = 0.05  # an arm slower than this stands still [rad/s]
REACTION = 2.0  # simulated time in which it stands, on a busy machine [s]
SOAK = bool(os.environ.get('FORESIGHT_SOAK'))
LOADED = (('perception', 'predictor'), signal.SIGKILL, False)  # what takes long to load
FAULTS = (
    (('guard',), signal.SIGKILL, True), *([LOADED] if SOAK else []),
    (('planner',), signal.SIGSTOP, True),
)
"""Who gets which signal, and whether the arm must stand until they are back."""


class Saboteur:
    """Signals nodes in mid-push, one fault after the other, and notes what comes of it."""

    def __init__(self, session) -> None:
        self.session, self.left = session, list(FAULTS)
        self.speeds: list[tuple[float, float]] = []
        self.back: list[float] = []
        self.under: tuple | None = None
        subscription(session.calls.node, 'joint_states', self.feel)

    def feel(self, message) -> None:
        self.speeds.append((seconds(message.header.stamp), np.abs(message.velocity).max()))

    def __call__(self, monitor) -> None:
        """Cause the next fault, or see whether the last one is over."""
        status = monitor.status('supervisor')
        if self.under is None and self.left and status == 'OK':
            moving = self.speeds and self.speeds[-1][1] > 0.2
            if monitor.phase == 'EXECUTING' and moving:
                self.cause(monitor)
        elif self.under is not None:
            begun, since, stands, noticed = self.under
            self.under = begun, since, stands, noticed or status == 'RESTORING'
            if noticed and status == 'OK':
                self.judge(monitor)

    def cause(self, monitor) -> None:
        nodes, number, stands = self.left.pop(0)
        for node in nodes:
            os.kill(self.session.processes.pid(node), number)
        self.under = monitor.now, time.monotonic(), stands, False

    def judge(self, monitor) -> None:
        begun, since, stands, _ = self.under
        self.under = None
        self.back.append(time.monotonic() - since)
        if stands:
            span = begun + REACTION, monitor.now - 1.0
            later = [speed for at, speed in self.speeds if span[0] < at < span[1]]
            assert not later or max(later) < STANDS


def test_the_episode_goes_on_after_each_node_died_or_hung_and_ends(checkpoint, tmp_path):
    with warnings.catch_warnings():  # How rclpy types its executor is not ours to keep young.
        warnings.simplefilter('ignore')
        from foresight.nodes.session import SessionOptions, ros_session
    options = SessionOptions(
        checkpoint, SimConfig(objects=2, max_actions=4), None, tmp_path / 'log',
    )
    with ros_session(options) as session:
        saboteur = Saboteur(session)
        result = session.play(0, saboteur)
        assert len(saboteur.back) == len(FAULTS)
        assert result.ending in ('nothing is left to do', '4 actions are done')
        log = (tmp_path / 'log' / 'predictor.log').read_text()
        assert ('remembers' in log) == SOAK
        seen = (tmp_path / 'log' / 'perception.log').read_text()
        assert seen.count('there is no empty-table image') <= 1  # before it was captured
