"""Claims about the planner node, over real topics."""

import shutil

import numpy as np
import pytest
import torch
from geometry_msgs.msg import Point32, Polygon, PolygonStamped
from std_msgs.msg import Header

from foresight.actions.loading import load
from foresight.actions.push.keep_out import KeepOut
from foresight.actions.push.macro_action import PushAction
from foresight.agent.phase import Phase
from foresight.data.joint_messages import plan_window
from foresight.data.messages import path_poses
from foresight.nodes.convert import image_message, latent_message
from foresight.nodes.planner_node import PlannerNode
from foresight.robots.arm import ArmModel
from foresight.robots.robot_file import FILE, find_robot
from foresight.robots.status import Status
from foresight.settings import BY_COST_HEAD
from foresight.world_model.belief.memory_file import MemoryOwner
from foresight.world_model.belief.surprise import SurpriseScales, save_scales

HEARS = ('joint_plan', 'macro_action', 'macro_action/kind', '/diagnostics')
ACTION = PushAction()
LATENT = torch.randn(16, 16, 24, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def planning(bench, stage, checkpoint):
    """An active planner node, and a robot to publish for it."""
    made = bench(
        PlannerNode, HEARS, checkpoint=checkpoint, device='cpu', samples=16, iterations=1,
        task=BY_COST_HEAD, robust_top=0, elites=4,
    ).up()
    return made, stage(made)


def show(made, robot, where=None):
    """Publish joints and a belief."""
    def each():
        robot.joints(where)
        made.say('belief', latent_message(LATENT, made.now()))

    return each


def follow(made, robot):
    """Publish joints that follow the plan, and a belief."""
    def each():
        stream = made.node._agent.stream
        where = None if stream is None else stream.path.sample(made.now() - stream.start)[0]
        show(made, robot, where)()

    return each


def figures(made):
    """Names of the figures the planner has published."""
    return {v.key for m in made.heard['/diagnostics'] for s in m.status for v in s.values}


def test_nothing_is_planned_before_start(planning):
    made, robot = planning
    made.spin(0.4, show(made, robot))
    assert made.node._agent.phase is Phase.IDLE
    assert not made.heard['joint_plan']


def test_action_is_announced_with_the_stamp_of_its_belief_and_streamed(planning):
    made, robot = planning
    begin = made.now()
    assert made.call('planner/start').success
    made.spin_until(
        lambda: made.heard['joint_plan'] and made.heard['macro_action'], show(made, robot)
    )
    action = ACTION.from_poses(path_poses(made.heard['macro_action'][0]))
    scene = ACTION.scene
    assert scene.table_x[0] - 0.06 <= action[0] <= scene.table_x[1] + 0.06
    stamp = made.heard['macro_action'][0].header.stamp
    assert stamp.sec + 1e-9 * stamp.nanosec >= begin
    window = plan_window(made.heard['joint_plan'][0], robot.arm.joint_names)
    assert window.end - made.now() > 0.3
    np.testing.assert_allclose(window.positions[0], robot.arm.retract, atol=1e-6)


@pytest.mark.parametrize('name', ['ur5e', 'xarm6'])
def test_another_robot_is_planned_for_by_its_name(bench, stage, checkpoint, name):
    made = bench(
        PlannerNode, HEARS, checkpoint=checkpoint, device='cpu', samples=16, iterations=1,
        task=BY_COST_HEAD, robust_top=0, elites=4, robot=name,
    ).up()
    robot = stage(made, ArmModel.load(name))
    made.call('planner/start')
    made.spin_until(lambda: made.heard['joint_plan'], show(made, robot))
    assert tuple(made.heard['joint_plan'][0].joint_names) == robot.arm.joint_names


def test_windows_reach_half_a_second_ahead_and_end_at_rest(planning):
    made, robot = planning
    made.call('planner/start')
    made.spin_until(lambda: made.node._agent.phase is Phase.EXECUTING, show(made, robot))
    end = made.node._agent.stream.end
    made.call('planner/stop', follow(made, robot))
    made.spin_until(lambda: made.node._agent.phase is Phase.DONE, follow(made, robot))
    windows = [plan_window(m, robot.arm.joint_names) for m in made.heard['joint_plan']]
    assert all(w.end >= min(w.times[0] + 0.5, end) - 1e-6 for w in windows)
    assert windows[-1].ends_at_rest
    gaps = np.diff([w.times[0] for w in windows[1:-2]])
    assert np.median(gaps) < 0.11
    np.testing.assert_allclose(windows[-1].positions[-1], robot.arm.retract, atol=0.02)


def test_arm_that_does_not_follow_ends_the_action(planning):
    made, robot = planning
    made.call('planner/start')
    made.spin_until(lambda: 'does not follow' in made.node.health.reason, show(made, robot))
    made.spin_until(lambda: made.node._agent.phase is Phase.IDLE, show(made, robot))
    assert made.node._agent.actions == 2  # once it is tried again
    assert made.node.health.status is Status.LATE


def test_arm_that_is_elsewhere_is_brought_home_first(planning):
    made, robot = planning
    where = np.array(robot.arm.retract)
    where[0] += 0.2
    made.call('planner/start')
    made.spin_until(lambda: made.heard['joint_plan'], lambda: robot.joints(where))
    window = plan_window(made.heard['joint_plan'][0], robot.arm.joint_names)
    np.testing.assert_allclose(window.positions[0], where, atol=1e-6)
    assert not made.heard['macro_action']


def test_missing_joint_states_and_beliefs_are_reported(planning):
    made, robot = planning
    made.call('planner/start')
    made.spin_until(lambda: made.node.health.status is Status.STALE_JOINTS)
    made.spin_until(lambda: made.node.health.status is Status.STALE_IMAGE, robot.joints)


def test_start_is_refused_while_an_action_is_made(planning):
    made, robot = planning
    made.call('planner/start')
    made.spin_until(lambda: made.node._agent.phase is Phase.EXECUTING, show(made, robot))
    assert 'call stop first' in made.call('planner/start').message


def test_goal_image_switches_to_the_goal_task(planning):
    made, robot = planning
    generator = np.random.default_rng(0)
    goal = generator.integers(0, 255, (64, 96, 3), np.uint8)
    made.say('image_background', image_message(np.zeros_like(goal), made.now()))
    made.say('goal_image', image_message(goal, made.now()))
    made.spin(0.3)
    made.call('planner/start')
    made.spin_until(lambda: 'cost/goal_energy' in figures(made), show(made, robot))


def test_goal_image_of_another_size_keeps_the_task(planning):
    made, robot = planning
    made.say('image_background', image_message(np.zeros((64, 96, 3), np.uint8), made.now()))
    made.say('goal_image', image_message(np.zeros((96, 128, 3), np.uint8), made.now()))
    made.spin(0.3)
    made.call('planner/start')
    made.spin_until(lambda: 'cost/remaining' in figures(made), show(made, robot))


@pytest.mark.parametrize('stages', [
    ('deactivate', 'activate'), ('deactivate', 'cleanup', 'configure', 'activate'),
], ids=', '.join)
def test_stages_in_mid_motion_end_it_and_a_start_begins_anew(planning, stages):
    made, robot = planning
    made.call('planner/start')
    made.spin_until(lambda: made.heard['joint_plan'], show(made, robot))
    for stage in stages:
        assert getattr(made.node, f'trigger_{stage}')().name == 'SUCCESS'
    made.spin(0.2)
    made.heard['joint_plan'].clear()
    made.spin(0.3, show(made, robot))
    assert not made.heard['joint_plan'] and made.node._agent.phase is Phase.IDLE
    assert made.call('planner/start').success
    made.spin_until(lambda: made.heard['joint_plan'], show(made, robot))


def test_deactivated_planner_sends_nothing(planning):
    made, robot = planning
    made.call('planner/start')
    made.spin_until(lambda: made.heard['joint_plan'], show(made, robot))
    made.node.trigger_deactivate()
    made.spin(0.2)
    made.heard['joint_plan'].clear()
    made.spin(0.3, show(made, robot))
    assert not made.heard['joint_plan']


def empty_table(made, size=(64, 96)):
    """The empty table, as perception shows it."""
    return image_message(np.full((*size, 3), 90, np.uint8), made.now())


@pytest.fixture
def goal_planning(bench, stage, checkpoint):
    """An active planner node whose task wants the empty table, and a robot."""
    made = bench(
        PlannerNode, HEARS, checkpoint=checkpoint, device='cpu', samples=16, iterations=1,
        robust_top=0, elites=4, task='clear_table_by_goal',
    ).up()
    return made, stage(made)


def test_goal_task_plans_towards_the_empty_table_that_perception_shows(goal_planning):
    made, robot = goal_planning
    made.say('image_background', empty_table(made))
    made.spin(0.3)
    assert made.call('planner/start').message.startswith('clear_table_by_goal')
    made.spin_until(
        lambda: made.heard['macro_action'] and 'cost/goal_energy' in figures(made),
        show(made, robot),
    )
    assert 'done/goal_energy' in figures(made)
    assert 'cost/remaining' not in figures(made)


def test_goal_task_waits_for_the_empty_table_without_moving_then_goes_on(goal_planning):
    made, robot = goal_planning
    assert made.call('planner/start').success
    made.spin_until(lambda: made.node.health.status is Status.NO_PLAN, show(made, robot))
    assert 'call perception/capture_background' in made.node.health.reason
    made.spin(0.4, show(made, robot))
    assert made.node._agent.phase is Phase.SETTLING and not made.heard['joint_plan']
    made.say('image_background', empty_table(made))
    made.spin_until(lambda: made.heard['macro_action'], show(made, robot))


def test_empty_table_of_another_size_is_refused_and_waited_for_anew(goal_planning):
    made, robot = goal_planning
    made.say('image_background', empty_table(made, (96, 128)))
    made.call('planner/start')
    made.spin_until(lambda: made.node.health.status is Status.NO_PLAN, show(made, robot))
    assert 'it is 128 x 96: give a rectified image of 96 x 64' in made.node.health.reason
    assert not made.heard['joint_plan']
    made.say('image_background', empty_table(made))
    made.spin_until(lambda: made.heard['macro_action'], show(made, robot))


def test_empty_table_is_encoded_once_and_not_at_every_decision(goal_planning, monkeypatch):
    made, robot = goal_planning
    model, seen = made.node._goals._maker.checkpoint.model, []
    encode = type(model).encode
    monkeypatch.setattr(
        type(model), 'encode', lambda *given: (seen.append(1), encode(*given))[1],
    )
    made.say('image_background', empty_table(made))
    made.call('planner/start')
    made.spin_until(lambda: made.node._agent.actions == 2, show(made, robot))
    assert len(seen) == 1


def test_task_with_a_goal_image_waits_for_it(bench, stage, checkpoint):
    made = bench(
        PlannerNode, HEARS, checkpoint=checkpoint, device='cpu', samples=16, iterations=1,
        robust_top=0, elites=4, task='push_to_goal',
    ).up()
    robot = stage(made)
    made.say('image_background', empty_table(made))
    made.call('planner/start')
    made.spin_until(lambda: made.node.health.status is Status.NO_PLAN, show(made, robot))
    assert 'publish goal_image' in made.node.health.reason
    goal = np.random.default_rng(0).integers(0, 255, (64, 96, 3), np.uint8)
    made.say('goal_image', image_message(goal, made.now()))
    made.spin_until(lambda: made.heard['macro_action'], show(made, robot))


def test_switch_applies_the_planner_settings_of_the_goal_task(planning):
    made, _ = planning
    assert made.node._agent._thinker._chooser._planner._config.horizon == 1
    goal = np.random.default_rng(0).integers(0, 255, (64, 96, 3), np.uint8)
    made.say('image_background', empty_table(made))
    made.say('goal_image', image_message(goal, made.now()))
    made.spin_until(lambda: made.node._goals.task.name == 'push_to_goal')
    config = made.node._agent._thinker._chooser._planner._config
    assert config.horizon == 2  # config/tasks/push_to_goal.yaml says so
    assert (config.samples, config.iterations) == (16, 1)  # the user said so


def test_keep_out_zone_of_the_robot_holds_for_every_task(bench, stage, checkpoint, tmp_path):
    folder = shutil.copytree(find_robot('panda').parent, tmp_path / 'mine')
    text = (folder / FILE).read_text()
    (folder / FILE).write_text(text.replace('{}\n', '{glass: [0.2, 0.7, -0.4, 0.0]}\n'))
    made = bench(
        PlannerNode, HEARS, checkpoint=checkpoint, device='cpu', samples=16, iterations=1,
        task=BY_COST_HEAD, robust_top=0, elites=4, robot=folder,
    ).up()
    robot = stage(made)
    zone = KeepOut((0.2, 0.7), (-0.4, 0.0), robot.arm.tool)
    made.call('planner/start')
    made.spin_until(lambda: made.heard['macro_action'], show(made, robot))
    first = ACTION.from_poses(path_poses(made.heard['macro_action'][-1]))
    assert zone(torch.from_numpy(first)[None].float()).all()


def test_a_zone_that_comes_while_it_works_holds_from_the_next_decision_on(
    bench, stage, checkpoint,
):
    made = bench(
        PlannerNode, HEARS, checkpoint=checkpoint, device='cpu', samples=16, iterations=1,
        task=BY_COST_HEAD, robust_top=0, elites=4,
    ).up()
    robot = stage(made)
    zone = KeepOut((0.2, 0.7), (-0.4, 0.0), robot.arm.tool)
    points = [Point32(x=x, y=y) for x in zone.x for y in zone.y]
    made.say('keep_out', PolygonStamped(
        header=Header(frame_id='base_link'), polygon=Polygon(points=points),
    ))
    made.spin_until(lambda: made.node._arm.keep_out)
    made.call('planner/start')
    made.spin_until(lambda: made.heard['macro_action'], show(made, robot))
    first = ACTION.from_poses(path_poses(made.heard['macro_action'][-1]))
    assert zone(torch.from_numpy(first)[None].float()).all()


@pytest.fixture
def scaled(checkpoint, tmp_path):
    """A copy of the checkpoint that has scales of surprise."""
    folder = shutil.copytree(checkpoint, tmp_path / 'scaled')
    save_scales(folder, SurpriseScales(
        cell=0.1, action=0.5, rest=0.1, false_alarms=5.0, hours=1.0, actions=900, seed=0,
        model=MemoryOwner.of(load(folder, 'cpu')).model, command='',
    ))
    return folder


def watching_planner(bench, checkpoint, **more):
    """Make an active planner node that lets surprise decide."""
    return bench(
        PlannerNode, HEARS, checkpoint=checkpoint, device='cpu', samples=16, iterations=1,
        task=BY_COST_HEAD, robust_top=0, elites=4, horizon=2, **{'surprise.watch': True, **more},
    )


@pytest.fixture
def watched(bench, stage, scaled):
    """An active planner node that lets surprise decide, and a robot."""
    made = watching_planner(bench, scaled, **{'surprise.patience': 0.6}).up()
    return made, stage(made)


def surprise(made, level):
    """Publish a surprise map of a level."""
    made.say('surprise', latent_message(torch.full((1, 16, 24), level), made.now()))


def alarmed(made, robot):
    """Publish joints, a belief and an alarm."""
    def each():
        surprise(made, 3.0)
        show(made, robot)()

    return each


def test_second_action_of_a_plan_is_made_without_planning_anew_while_it_is_calm(watched):
    made, robot = watched
    made.call('planner/start')
    made.spin_until(lambda: made.node._agent.phase is Phase.EXECUTING, show(made, robot))
    plan = made.node._agent.following._plan

    def calm():
        if made.node._agent.phase is Phase.SETTLING and made.now() < made.node._agent._ready_at:
            surprise(made, 0.2)
        follow(made, robot)()

    made.spin_until(lambda: len(made.heard['macro_action']) == 2, calm)
    actions = [ACTION.from_poses(path_poses(message)) for message in made.heard['macro_action']]
    np.testing.assert_allclose(actions[1], plan.actions[1].numpy(), atol=1e-5)
    assert 'skipped' in figures(made)
    made.spin_until(lambda: len(made.heard['macro_action']) == 3, calm)
    assert made.node._agent.following._plan is not plan


def test_surprise_while_planning_discards_the_plan_and_plans_anew_once_it_is_calm(watched):
    made, robot = watched
    made.call('planner/start')
    made.spin_until(lambda: made.node._agent.following.alarmed, lambda: surprise(made, 3.0))
    made.spin(0.3, show(made, robot))
    assert made.node._agent.phase is Phase.SETTLING and not made.heard['macro_action']
    surprise(made, 0.0)
    made.spin_until(lambda: made.heard['macro_action'], show(made, robot))


def test_surprise_after_the_decision_began_discards_it(watched, monkeypatch):
    made, robot = watched
    monkeypatch.setattr(made.node._agent, '_take', lambda now: None)
    made.call('planner/start')
    made.spin_until(lambda: made.node._agent.phase is Phase.PLANNING, show(made, robot))
    made.spin_until(lambda: made.node._agent.following.alarmed, lambda: surprise(made, 3.0))
    monkeypatch.undo()
    made.spin_until(lambda: made.node._agent.phase is Phase.SETTLING, show(made, robot))
    assert not made.heard['macro_action'] and made.node._agent.actions == 0


def test_surprise_that_persists_stops_and_says_so(watched):
    made, robot = watched
    made.call('planner/start')
    made.spin_until(lambda: made.node._agent.phase is Phase.IDLE, alarmed(made, robot))
    assert made.node.health.status is Status.SURPRISED
    assert 'capture the background' in made.node.health.reason
    assert not made.heard['joint_plan']
    surprise(made, 0.0)
    assert made.call('planner/start').success
    made.spin_until(lambda: made.heard['macro_action'], show(made, robot))


def test_without_watch_surprise_stops_nothing(planning):
    made, robot = planning
    made.call('planner/start')
    made.spin_until(lambda: made.heard['macro_action'], alarmed(made, robot))


def test_watching_needs_scales_and_a_horizon(bench, checkpoint):
    made = watching_planner(bench, checkpoint)
    assert made.node.trigger_configure().name == 'FAILURE'


def test_following_needs_a_horizon_as_long(bench, scaled):
    made = watching_planner(bench, scaled, **{'surprise.follow': 3})
    assert made.node.trigger_configure().name == 'FAILURE'
