"""The shipped world model remembers what a plate or the arm hides, and follows what is pushed."""

from contextlib import closing

from foresight.cli.memory_players import MemoryPlayers
from foresight.config import MemoryConfig, SimConfig
from foresight.resources import share
from foresight.training.permanence import FROZEN, MEMORY, NONE


def test_a_hidden_object_is_remembered_and_followed():
    with closing(MemoryPlayers(SimConfig(), share('models/clear_table'), MemoryConfig())) as made:
        trials = made.permanence().play(3000)
    assert {(t.occluder, t.event) for t in trials} >= {
        ('plate', 'still'), ('plate', 'pushed'), ('arm', 'still'), ('arm', 'pushed'),
    }
    for trial in trials:
        assert abs(trial.found[MEMORY] - trial.truth) < 0.5
        assert trial.miscount[MEMORY] < trial.miscount[NONE]
        if trial.event == 'pushed':
            assert trial.ghost[MEMORY] < 0.5 < trial.ghost[FROZEN]
