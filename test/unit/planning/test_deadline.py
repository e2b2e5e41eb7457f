from foresight.planning.deadline import Deadline, stopped_clock


def test_work_is_judged_by_the_slowest_so_far():
    times = iter([0.0, 1.0, 1.0, 1.0, 1.1, 1.1])
    deadline = Deadline(2.0, lambda: next(times))
    deadline.worked(10)
    assert deadline.allows(10)
    assert not deadline.allows(11)
    deadline.worked(10)
    assert not deadline.allows(10)


def test_unknown_work_is_allowed():
    assert Deadline(1.0, lambda: 0.0).allows(1000)


def test_a_stopped_clock_cuts_no_search():
    deadline = Deadline(0.01, stopped_clock)
    deadline.worked(10)
    assert deadline.allows(1_000_000)
