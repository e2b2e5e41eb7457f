"""The shipped world model remembers what a plate or the arm hides, and follows what is moved."""

import json
from contextlib import closing
from dataclasses import replace

from foresight.cli.experiment import measure
from foresight.experiments.experiment import find_experiment
from foresight.experiments.memory.permanence import FROZEN, MEMORY, NONE
from foresight.experiments.memory.players import MemoryPlayers
from foresight.files import share
from foresight.sim.settings import SimConfig
from foresight.world_model.belief.memory import MemoryConfig


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


def test_the_command_writes_its_table(tmp_path, capfd):
    memory = find_experiment('memory')
    settings = replace(memory.settings, episodes=1, workers=1)
    measure(memory, settings, tmp_path, '-')
    document = json.loads(capfd.readouterr().out)
    assert document == json.loads((tmp_path / 'memory.json').read_text())
    assert {row['scenes'] for row in document['permanence']} == {1}
    remembers, forgets = (document['closed_loop'][name]['cleared'] for name in (MEMORY, NONE))
    assert remembers > forgets
