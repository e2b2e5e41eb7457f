"""Claims about the page that says how to add a macro-action: what it shows runs as it stands."""

import re

import numpy as np
import pytest
import torch

from foresight.actions.loading import load, make_model
from foresight.actions.push.keep_out import KeepOut
from foresight.errors import CheckpointError, RobotError
from foresight.files import share
from foresight.macro_action import ActionConfig, MacroAction
from foresight.protocols import Belief
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.settings import SceneConfig
from foresight.tasks.assembly import assemble
from foresight.tasks.clear_table.cost_head import CostHead
from foresight.tasks.task_file import load_task
from foresight.world_model.checkpoint import CheckpointConfig, save
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.task import PredictorConfig

ARM = ArmModel.load()
SMALL = '  samples: 32\n  elites: 8\n  iterations: 2\n  robust_top: 2\n  deadline: 60.0\n'


@pytest.fixture(scope='module')
def page():
    """Code and task file of the page."""
    text = share('docs/extend/action.md').read_text()
    return {kind: re.search(rf'```{kind}\n(.*?)```', text, re.S)[1] for kind in ('python', 'yaml')}


@pytest.fixture
def poke(page, tmp_path, monkeypatch):
    """The macro-action, in a module of its own."""
    (tmp_path / 'poke.py').write_text(page['python'])
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__('sys').modules, 'poke', raising=False)
    import poke

    return poke.Poke()


@pytest.fixture
def checkpoint(poke, tmp_path):
    """An untrained world model of pokes, saved and loaded."""
    torch.manual_seed(0)
    config = CheckpointConfig(
        EncoderConfig(channels=4, width=8), PredictorConfig(width=16, blocks=1),
        action=poke.config,
    )
    model = make_model(config)
    head = CostHead(4, model.raster.scene_map)
    for module in (model.predictor, head):
        for parameter in module.parameters():
            torch.nn.init.normal_(parameter, std=0.2)
    save(tmp_path / 'pokes', {'world_model': model, 'cost_head': head}, config)
    return load(tmp_path / 'pokes', 'cpu')


@pytest.fixture
def task(page, tmp_path):
    """The task of the page, with a small search."""
    (tmp_path / 'pokes.yaml').write_text(page['yaml'] + SMALL)
    return load_task(tmp_path / 'pokes.yaml')


def test_the_action_has_all_that_is_asked_of_one(poke):
    assert isinstance(poke, MacroAction)


def test_a_checkpoint_remembers_the_action(checkpoint, poke):
    assert checkpoint.action == poke
    assert checkpoint.config.action == ActionConfig('poke:Poke', {'deepest': 0.03})


def test_the_task_level_plans_feasible_actions(checkpoint, task, poke):
    level = assemble(task, checkpoint, ARM)
    level.reset(3)
    plan = level.decide(Belief(torch.randn(4, 16, 24), 0.0)).plan
    assert plan.actions.shape == (1, 3)
    assert poke.feasible(ARM, JointLevelConfig())(plan.elites.flatten(0, 1)).all()
    assert task.spread.noise[:2] == (0.1, 0.1)


def test_an_action_comes_back_from_its_tool_poses(poke):
    action = np.array([0.45, -0.1, 0.02])
    np.testing.assert_allclose(poke.from_poses(poke.poses(action)), action)
    with pytest.raises(RobotError, match='one pose'):
        poke.from_poses(np.tile(np.eye(4), (2, 1, 1)))


def test_the_mirror_leaves_what_the_raster_draws_where_it_lies(poke):
    raster, actions = poke.raster((16, 24)), torch.tensor([[0.40, 0.1, 0.02]])
    middle = sum(SceneConfig().view_x) / 2
    turned = poke.mirror(actions)
    assert turned[0, 0] - middle == pytest.approx(middle - 0.40, abs=1e-6)
    assert raster(turned).shape == (1, raster.channels, 16, 24)


def test_the_shipped_checkpoint_is_refused_for_pokes(poke, task):
    with pytest.raises(CheckpointError, match="foresees the macro-action 'push'"):
        assemble(task, load(share('models/clear_table'), 'cpu'), ARM)


def test_zones_are_asked_of_the_action(poke):
    assert not any(isinstance(rule, KeepOut) for rule in poke.keep_out(ARM))
