from foresight.robots.silence_monitor import SilenceMonitor


def test_silence_is_noticed_and_ends():
    monitor = SilenceMonitor(0.5)
    monitor.hear(10.0)
    assert not monitor.is_silent(10.4)
    assert monitor.is_silent(10.6)
    monitor.hear(10.7)
    assert not monitor.is_silent(10.8)


def test_a_clock_that_jumps_back_begins_anew():
    monitor = SilenceMonitor(0.5)
    monitor.hear(100.0)
    assert not monitor.is_silent(0.0)
    assert monitor.is_silent(0.6)
