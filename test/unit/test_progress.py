import io

from rich.console import Console

from foresight import progress
from foresight.progress import bars


def test_without_a_terminal_there_is_a_line_a_minute_and_one_at_the_end(monkeypatch):
    said, now = io.StringIO(), [0.0]
    with bars(Console(file=said)) as shown:
        shown.get_time = lambda: now[0]
        task = shown.add_task('training', total=10, rate='')
        for step in range(10):
            now[0] += progress.A_MINUTE / 4
            shown.update(task, completed=step + 1, rate='7 a second')
        shown.update(task, completed=10)
    lines = said.getvalue().splitlines()
    assert [line.split(' after')[0] for line in lines] == [
        'training: 5 of 10 7 a second', 'training: 9 of 10 7 a second',
        'training: 10 of 10 7 a second',
    ]


def test_on_a_terminal_a_bar_moves():
    said = io.StringIO()
    with bars(Console(file=said, force_terminal=True)) as shown:
        shown.update(shown.add_task('training', total=2, rate=''), completed=2)
    assert '2/2' in said.getvalue()
