"""Claims about node processes: none is ever left behind."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from foresight.files import share
from foresight.nodes.processes import NodeDiedError, NodeProcesses, free_domain, local_environment
from foresight.nodes.topics import NODES, NodeEntry

pytestmark = pytest.mark.alone

STUBBORN = """
import signal, subprocess, sys, time
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])
print(child.pid, flush=True)
time.sleep(600)
"""


class Script(NodeEntry):
    """A node whose module is a script of the test."""

    @property
    def module(self) -> str:
        return self.about


def entry(tmp_path: Path, text: str, monkeypatch) -> NodeEntry:
    """A node that runs `text`."""
    (tmp_path / 'scripted.py').write_text(text)
    monkeypatch.setenv('PYTHONPATH', f'{tmp_path}:{os.environ.get("PYTHONPATH", "")}')
    return Script('scripted', False, (), (), {}, 'scripted')


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie does not."""
    try:
        state = Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0]
    except OSError:
        return False
    return state != 'Z'


def wait_for(condition, seconds: float = 60.0):
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, 'it does not happen'
        time.sleep(0.02)


def test_a_node_computes_in_one_thread():
    asked = 'import cv2, torch; print(cv2.getNumThreads(), torch.get_num_threads())'
    answer = subprocess.run(
        [sys.executable, '-c', asked], env=local_environment(20), capture_output=True, check=True,
    )
    assert answer.stdout.split() == [b'1', b'1']


def test_stubborn_node_and_its_child_are_ended_by_force(tmp_path, monkeypatch):
    monkeypatch.setattr('foresight.nodes.processes.GRACE', 0.5)
    script, log = entry(tmp_path, STUBBORN, monkeypatch), tmp_path / 'log'
    with NodeProcesses(dict(os.environ), log) as processes:
        processes.start(script, {})
        wait_for(lambda: (log / 'scripted.log').read_text().endswith('\n'))
        child = int((log / 'scripted.log').read_text())
        processes.check()
        assert processes.resident()['scripted'] > 0
    wait_for(lambda: not is_alive(child))


def test_node_that_ends_is_reported_with_its_last_words(tmp_path, monkeypatch):
    script = entry(tmp_path, "print('one'); raise SystemExit('the remedy')", monkeypatch)
    with NodeProcesses(dict(os.environ), tmp_path / 'log') as processes:
        processes.start(script, {})

        def died() -> bool:
            try:
                processes.check()
            except NodeDiedError as error:
                return 'the remedy' in str(error) and 'status 1' in str(error)
            return False

        wait_for(died)


def test_a_nice_node_is_nice_among_sessions_too(tmp_path, monkeypatch):
    words = "import os, time; print(os.nice(0), open('/proc/self/autogroup').read(), flush=True)"
    script = replace(entry(tmp_path, f'{words}; time.sleep(600)', monkeypatch), niceness=5)
    with NodeProcesses(dict(os.environ), tmp_path / 'log') as processes:
        processes.start(script, {})
        wait_for(lambda: (tmp_path / 'log' / 'scripted.log').read_text().endswith('\n'))
        said = (tmp_path / 'log' / 'scripted.log').read_text()
    assert said.startswith(f'{min(os.nice(0) + 5, 19)} ') and 'nice 5' in said


def test_nodes_die_with_a_killed_launcher(tmp_path):
    script = (
        'import sys, time; from pathlib import Path\n'
        'from foresight.nodes.processes import NodeProcesses, local_environment\n'
        'from foresight.nodes.topics import NODES\n'
        'processes = NodeProcesses(local_environment(int(sys.argv[1])), Path(sys.argv[2]))\n'
        "processes.start(NODES['guard'], {})\n"
        "print(processes._running['guard'].pid, flush=True); time.sleep(600)\n"
    )
    launcher = subprocess.Popen(
        [sys.executable, '-c', script, str(free_domain()), str(tmp_path)],
        stdout=subprocess.PIPE, env={**os.environ, 'PYTHONPATH': str(share('src'))}, text=True,
    )
    node = int(launcher.stdout.readline())
    assert is_alive(node)
    launcher.send_signal(signal.SIGKILL)
    launcher.wait()
    launcher.stdout.close()
    wait_for(lambda: not is_alive(node))


@contextmanager
def recorder(domain, log):
    environment = {**local_environment(domain), 'PYTHONPATH': str(share('src'))}
    with log.open('wb') as output:
        node = subprocess.Popen(
            [sys.executable, '-m', NODES['recorder'].module, '--ros-args', '-p',
             f'folder:={log.parent}'], env=environment, stderr=output,
        )
    try:
        wait_for(lambda: 'recording' in log.read_text())
        yield node
    finally:
        node.kill()
        node.wait()


def test_node_leaves_with_status_0_on_sigterm_and_sigint(tmp_path):
    for number in (signal.SIGTERM, signal.SIGINT):
        with recorder(free_domain(), tmp_path / f'{number}.log') as node:
            node.send_signal(number)
            assert node.wait(10) == 0


def test_edited_yaml_of_a_node_takes_effect_and_an_option_wins_over_it(tmp_path, monkeypatch):
    monkeypatch.setattr('foresight.nodes.processes.root', lambda: tmp_path)
    (tmp_path / 'config').mkdir()
    text = share('config/recorder.yaml').read_text()
    edited = text.replace('{}', f'{{bag: mine, folder: {tmp_path}/lost}}')
    (tmp_path / 'config' / 'recorder.yaml').write_text(edited)
    environment = {**local_environment(free_domain()), 'PYTHONPATH': str(share('src'))}
    with NodeProcesses(environment, tmp_path / 'log') as processes:
        processes.start(NODES['recorder'], {'folder': str(tmp_path / 'kept')})
        wait_for(lambda: 'recording' in (tmp_path / 'log' / 'recorder.log').read_text(), 60.0)
    assert (tmp_path / 'kept' / 'mine').is_dir()
    assert not (tmp_path / 'lost').exists()


def test_domains_of_two_launchers_differ_while_one_is_in_use(tmp_path):
    domain = free_domain()
    with recorder(domain, tmp_path / 'log'):
        other = free_domain()
        used = Path('/proc/net/udp').read_text().splitlines()[1:]
    ports = [int(line.split()[1].split(':')[1], 16) - 7400 - 250 * domain for line in used]
    assert other != domain, f'ports of domain {domain}: {sorted(ports)}'


@pytest.mark.parametrize('node', NODES.values(), ids=NODES)
def test_every_node_of_the_table_has_a_module(node):
    assert (share('src') / f'{node.module.replace(".", "/")}.py').is_file()
