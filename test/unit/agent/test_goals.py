"""Claims about finding the task that goal images ask for."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from foresight.actions.loading import load, make_model
from foresight.agent.assembly import make_tasks
from foresight.agent.goals import EMPTY, GOAL, Goals
from foresight.errors import ConfigError
from foresight.robots.arm import ArmModel
from foresight.tasks.clear_table.cost_head import CostHead
from foresight.tasks.task_file import load_task
from foresight.world_model.checkpoint import save


@pytest.fixture(scope='module')
def tasks(small, tmp_path_factory):
    """What makes task levels with an untrained world model."""
    folder = tmp_path_factory.mktemp('checkpoint')
    torch.manual_seed(0)
    model = make_model(small)
    head = CostHead(small.encoder.channels, model.raster.scene_map)
    save(folder, {'world_model': model, 'cost_head': head}, small)
    return make_tasks(load(folder, 'cpu'), ArmModel.load())


def picture(rows=64, columns=96):
    return np.zeros((rows, columns, 3), np.uint8)


class Desk:
    """Keeps what was used and complained about."""

    def __init__(self, task: str, tasks) -> None:
        self.levels, self.complaints, self.refuses = [], [], False
        self.goals = Goals(
            load_task(task), load_task('push_to_goal'), self.use, self.complaints.append,
        )
        self.goals.connect(tasks)

    def use(self, make) -> None:
        if self.refuses:
            raise ConfigError('no cost head')
        self.levels.append(make())


def test_a_task_without_a_goal_waits_for_nothing(tasks):
    assert Desk('clear_table_by_cost_head', tasks).goals.missing == ''


def test_an_empty_table_is_the_goal_of_a_task_that_wants_it(tasks):
    desk = Desk('clear_table_by_goal', tasks)
    assert 'call perception/capture_background' in desk.goals.missing
    desk.goals.show(EMPTY, picture())
    assert desk.goals.missing == '' and len(desk.levels) == 1
    assert desk.goals.task.name == 'clear_table_by_goal'


def test_a_goal_image_switches_the_task_once_the_empty_table_is_known(tasks):
    desk = Desk('clear_table_by_cost_head', tasks)
    desk.goals.show(GOAL, picture())
    assert not desk.levels and desk.goals.task.name == 'clear_table_by_cost_head'
    desk.goals.show(EMPTY, picture())
    assert len(desk.levels) == 1 and desk.goals.task.name == 'push_to_goal'


def test_a_picture_of_another_size_is_refused_and_changes_nothing(tasks):
    desk = Desk('clear_table_by_goal', tasks)
    desk.goals.show(EMPTY, picture(96, 128))
    assert 'give a rectified image of 96 x 64' in desk.complaints[0]
    assert 'refused' in desk.goals.missing and not desk.levels
    desk.goals.show(EMPTY, picture())
    assert desk.goals.missing == ''


def test_a_task_that_cannot_be_made_is_waited_for_with_the_reason(tasks):
    desk = Desk('clear_table_by_goal', tasks)
    desk.refuses = True
    desk.goals.show(EMPTY, picture())
    assert 'no cost head' in desk.goals.missing


def test_pictures_outlive_a_change_of_the_world_model(tasks):
    desk = Desk('clear_table_by_goal', tasks)
    desk.goals.show(EMPTY, picture())
    desk.goals.connect(None)
    assert desk.goals.missing
    desk.goals.connect(replace(tasks))
    assert desk.goals.missing == '' and len(desk.levels) == 2
