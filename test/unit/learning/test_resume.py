from dataclasses import asdict, replace

from foresight.learning.resume import identity, same_run
from foresight.learning.settings import TrainConfig
from foresight.world_model.checkpoint import CheckpointConfig

USUAL = TrainConfig()
KNOWN = CheckpointConfig(dataset='abc', train=asdict(USUAL))


def test_scores_and_threads_may_change():
    train = {**KNOWN.train, 'threads': 7, 'save_every': 3}
    known = replace(KNOWN, train=train, scores={'rank': 3.0})
    assert same_run(identity(KNOWN), known, USUAL)


def test_settings_and_data_may_not_change():
    assert not same_run(identity(KNOWN), replace(KNOWN, dataset='other'), USUAL)
    assert not same_run(identity(KNOWN), replace(KNOWN, train=asdict(TrainConfig(batch=8))), USUAL)


def test_state_without_a_newer_setting_belongs_to_its_default():
    kept = identity(KNOWN)
    del kept['train']['mirror']
    assert same_run(kept, KNOWN, USUAL)
    assert not same_run(kept, replace(KNOWN, train=asdict(TrainConfig(mirror=0.1))), USUAL)


def test_a_critic_has_no_part_in_which_run_it_is():
    kept = identity(KNOWN)
    assert 'critic' not in kept
    assert same_run({**kept, 'critic': {'width': 32}}, KNOWN, USUAL)
