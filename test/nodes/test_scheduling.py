"""Claims about priorities, each in a process of its own."""

import os
import subprocess
import sys

import pytest

from foresight.nodes.processes import local_environment
from foresight.nodes.scheduling import DISCOVERY, TRANSPORTS, node_environment

pytestmark = pytest.mark.alone


def said(script: str) -> str:
    """What a fresh process prints."""
    done = subprocess.run(
        [sys.executable, '-c', f'import os\nfrom foresight.nodes.scheduling import *\n{script}'],
        capture_output=True, text=True, check=True,
    )
    return done.stdout.strip()


def test_a_process_that_lets_others_go_first_is_nicer():
    assert said('let_others_go_first(3); print(os.nice(0))') == str(min(19, os.nice(0) + 3))


def test_going_first_says_whether_it_was_granted():
    granted = said('print(go_first() == (os.sched_getscheduler(0) == os.SCHED_FIFO))')
    assert granted == 'True'


def test_taking_turns_undoes_going_first():
    script = 'go_first(); take_turns(); print(os.sched_getscheduler(0) == os.SCHED_OTHER)'
    assert said(script) == 'True'


@pytest.mark.parametrize(('factor', 'ordinary'), [('1.0', False), ('0.0', True)])
def test_a_simulator_that_never_waits_is_no_real_time_process(factor, ordinary):
    script = (
        'import rclpy\nfrom foresight.nodes.sim_node import SimNode\n'
        'granted = go_first()\n'
        f"rclpy.init(args=['--ros-args', '-p', 'real_time_factor:={factor}'])\n"
        'SimNode()\n'
        'print(granted and os.sched_getscheduler(0) == os.SCHED_FIFO)'
    )
    granted = said('print(go_first())') == 'True'
    assert said(script).splitlines()[-1] == str(granted and not ordinary)


def test_nodes_are_found_on_this_host_alone_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv(DISCOVERY, raising=False)
    monkeypatch.delenv(TRANSPORTS, raising=False)
    assert node_environment()[DISCOVERY] == 'LOCALHOST'
    assert node_environment()[TRANSPORTS] == 'UDPv4'
    monkeypatch.setenv(DISCOVERY, 'SUBNET')
    assert node_environment()[DISCOVERY] == 'SUBNET'
    assert local_environment(7)[DISCOVERY] == 'LOCALHOST'  # a session stays on this host
