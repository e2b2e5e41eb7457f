import os
import signal
import threading

import pytest

from foresight.signals import heeding_signals, status, terminating


@pytest.fixture(autouse=True)
def as_in_a_terminal():
    """Let SIGINT interrupt: a shell starts its background jobs with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_first_signal_is_taken_note_of_and_the_second_interrupts():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), heeding_signals() as heard:
        assert heard == []
        os.kill(os.getpid(), signal.SIGTERM)
        assert heard == [signal.SIGTERM] and status(heard) == 143
        os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_hears_none():
    heard = []

    def listen():
        with heeding_signals() as signals:
            heard.append(signals)

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    assert heard == [[]]


def test_termination_interrupts_and_is_told_by_its_status():
    with pytest.raises(SystemExit) as ended, terminating():
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
    assert ended.value.code == 143


def test_ctrl_c_stays_what_it_is():
    with pytest.raises(KeyboardInterrupt), terminating():
        os.kill(os.getpid(), signal.SIGINT)
        signal.pause()
