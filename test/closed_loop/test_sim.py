"""The simulated table: same seed same episode, and physics that pushes obey."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from foresight.actions.push.action import Push
from foresight.actions.push.settings import PushConfig
from foresight.actions.push.skill import PushSkill
from foresight.errors import ConfigError, RobotError
from foresight.robots.joint_level import JointLevelConfig
from foresight.settings import SceneConfig
from foresight.sim.clear_table import ClearTable
from foresight.sim.meshes import load_mesh, seen_paths, unseen_paths
from foresight.sim.objects import sample_specs
from foresight.sim.settings import SimConfig

ACTIONS = (Push(0.45, 0.05, np.pi / 2, 0.25), Push(0.55, -0.2, 2.0, 0.3))


def make_skill(task: ClearTable) -> PushSkill:
    return PushSkill(task.arm_model, task.scene, PushConfig(), JointLevelConfig())


def play(task: ClearTable, seed: int) -> str:
    """Run one short episode and return a digest of all it shows and does."""
    first = task.reset(seed)
    digest = hashlib.sha256(first.image.tobytes() + task.background.tobytes())
    skill = make_skill(task)
    for action in ACTIONS:
        motion = skill.plan(action.array(), task.arm_model.retract)
        task.execute(motion.joint_path, lambda seen, *_: digest.update(seen.image.tobytes()))
    states = task.objects()
    digest.update(states.positions.tobytes() + states.orientations.tobytes())
    return digest.hexdigest() + str(task.outcome())


def test_an_episode_is_the_same_in_two_processes_and_after_another_seed():
    script = (
        'import importlib.util, sys\n'
        'spec = importlib.util.spec_from_file_location("test_sim", sys.argv[1])\n'
        'module = importlib.util.module_from_spec(spec)\n'
        'spec.loader.exec_module(module)\n'
        'with module.ClearTable(module.SimConfig(objects=4, seed=3)) as task:\n'
        '    print("EPISODE", module.play(task, 7))\n'
    )
    other = subprocess.Popen(
        [sys.executable, '-c', script, __file__], stdout=subprocess.PIPE, text=True,
    )
    with ClearTable(SimConfig(objects=4, seed=0)) as task:
        play(task, 11)
        here = play(task, 7)
    output, _ = other.communicate(timeout=100)
    assert other.returncode == 0
    assert f'EPISODE {here}' in output


def test_seeds_differ():
    with ClearTable(SimConfig(seed=0)) as task:
        images = {task.reset(seed).image.tobytes() for seed in range(4)}
    assert len(images) == 4


def test_objects_stand_still_on_the_table_at_the_start():
    with ClearTable(SimConfig(objects=5)) as task:
        for seed in range(6):
            task.reset(seed)
            states = task.objects()
            assert states.status == ('table',) * 5
            assert not any(states.moving)
            assert len(set(states.names)) == 5


def place_one(task: ClearTable, spot: tuple[float, float, float]) -> None:
    """Put the only object of the task at (x, y, yaw)."""
    task.bodies.place(0, np.array(spot))
    task._rest[:] = 0
    task.settle()


def test_an_object_that_slept_falls_when_it_is_placed_anew():
    with ClearTable(SimConfig(objects=1, object_set='primitives')) as task:
        place_one(task, (0.5, 0.0, 0.0))
        at_rest = task.objects().positions[0, 2]
        task.bodies.place(0, np.array((0.4, 0.1, 0.0)))
        assert task.objects().positions[0, 2] > at_rest + 0.002
        task._rest[:] = 0
        task.settle()
        assert task.objects().positions[0, 2] == pytest.approx(at_rest, abs=1e-3)


def action(task: ClearTable, action: Push) -> list[float]:
    """Carry out an action and return the stamps of its images."""
    stamps: list[float] = []
    motion = make_skill(task).plan(action.array(), task.joint_positions)
    task.execute(motion.joint_path, lambda seen, joints, tool: stamps.append(seen.stamp))
    return stamps


@pytest.mark.parametrize('kind', ['primitives', 'seen', 'unseen'])
def test_the_arm_actions_an_object_into_the_bin(kind):
    share = {'primitives': 0.0}.get(kind, 1.0)
    with ClearTable(SimConfig(objects=1, object_set=kind, mesh_share=share)) as task:
        for seed in range(3):
            task.reset(seed)
            place_one(task, (0.45, 0.15, 0.3))
            stamps = action(task, Push(0.45, 0.06, np.pi / 2, 0.27))
            np.testing.assert_allclose(np.diff(stamps), 0.1, atol=1e-9)
            assert task.outcome().success, task.objects()


def test_an_object_pushed_over_an_open_edge_is_dropped_and_stays_in_view():
    with ClearTable(SimConfig(objects=1, object_set='primitives')) as task:
        for seed in range(3):
            task.reset(seed)
            place_one(task, (0.45, -0.2, 0.0))
            action(task, Push(0.45, -0.1, -np.pi / 2, 0.23))
            outcome, position = task.outcome(), task.objects().positions[0]
            assert (outcome.cleared, outcome.dropped, outcome.success) == (0, 1, False)
            assert task.scene.view_x[0] < position[0] < task.scene.view_x[1]
            assert task.scene.view_y[0] < position[1] < task.scene.view_y[1]


def test_the_paddle_clears_the_bin_walls():
    with ClearTable(SimConfig(object_set='empty')) as task:
        for x in (0.36, 0.62):
            action = Push(x, 0.13, np.pi / 2, 0.2)
            motion = make_skill(task).plan(action.array(), task.joint_positions)
            errors: list[float] = []
            task.execute(
                motion.joint_path,
                lambda seen, joints, tool, task=task, errors=errors: errors.append(
                    np.abs(task.arm_model.tool_pose(joints)[:3, 3] - tool[:3, 3]).max()
                ),
            )
            reached = motion.joint_path.tool[:, 1, 3].max()
            assert reached == pytest.approx(0.33, abs=0.01)
            assert max(errors) < 1e-3  # PyBullet and Pinocchio agree on the tool
            np.testing.assert_allclose(task.joint_positions, task.arm_model.retract, atol=5e-3)


def test_the_arm_follows_its_commands_within_millimetres():
    with ClearTable(SimConfig(object_set='empty')) as task:
        path = make_skill(task).plan(ACTIONS[0].array(), task.joint_positions).joint_path
        worst = 0.0
        for tick in range(len(path.times)):
            task.step(*path.sample(path.times[tick]))
            worst = max(worst, np.linalg.norm(task.tool_pose[:3, 3] - path.tool[tick, :3, 3]))
    assert worst < 0.008


def test_the_arm_holds_when_commands_stop_or_are_not_finite():
    with ClearTable(SimConfig(object_set='empty')) as task:
        target = np.array(task.arm_model.retract) + 0.05
        for _ in range(30):
            task.step(target, np.full(7, 0.2))
        for _ in range(50):
            task.step()
        with pytest.raises(RobotError, match='holds'):
            task.step(np.full(7, np.nan))
        for _ in range(50):
            task.step()
        np.testing.assert_allclose(task.joint_positions, target, atol=2e-3)
        np.testing.assert_allclose(task.joint_velocities, 0.0, atol=1e-2)


def test_objects_have_the_promised_size_and_stand_out():
    generator, table = np.random.default_rng(0), np.array([0.5, 0.4, 0.3])
    sim = SimConfig(objects=10)
    for _ in range(30):
        for spec in sample_specs(sim, (table,), generator):
            assert (spec.extents >= sim.size_low - 1e-9).all(), spec
            assert (spec.extents <= sim.size_high + 1e-9).all(), spec
            assert np.linalg.norm(spec.color - table) >= sim.color_distance
            assert sim.friction[0] <= spec.friction <= sim.friction[1]


def test_test_models_are_never_among_the_seen():
    assert len(seen_paths()) == 900
    assert len(unseen_paths()) == 105
    assert not set(seen_paths()) & set(unseen_paths())
    sim = SimConfig(objects=10, mesh_share=1.0)
    seen = {spec.mesh for seed in range(30)
            for spec in sample_specs(sim, (), np.random.default_rng(seed))}
    assert seen <= set(seen_paths())


def test_an_empty_table_is_never_a_problem():
    with ClearTable(SimConfig(object_set='empty')) as task:
        assert task.objects().positions.shape == (0, 3)
        assert task.outcome().remaining == 0


def test_a_missing_model_names_the_remedy(tmp_path):
    with pytest.raises(ConfigError, match='reinstall pybullet'):
        load_mesh(tmp_path / 'none.obj')


def test_ranges_and_rates_that_do_not_fit_are_refused():
    with pytest.raises(ConfigError, match='upside down'):
        SimConfig(size_low=0.07, size_high=0.03)
    with pytest.raises(ConfigError, match='multiple'):
        SimConfig(physics_rate=400.0, command_rate=150.0)


def test_objects_spawn_away_from_the_edges():
    scene = SceneConfig()
    with ClearTable(SimConfig(objects=3, object_set='primitives')) as task:
        for seed in range(5):
            task.reset(seed)
            for x, y, _ in task.objects().positions:
                slack = 0.01  # an object may settle a little to the side
                margin = scene.spawn_margin - slack
                assert scene.table_x[0] + margin <= x <= scene.table_x[1] - margin
                assert scene.table_y[0] + margin <= y <= scene.table_y[1] - margin


HARD = SimConfig(layout='hard', extra_objects=2)


def test_hard_scenes_hold_three_to_five_objects_beside_edges_and_behind_one_another():
    counts = set()
    with ClearTable(HARD) as task:
        near, far = task.scene.table_x
        for seed in range(8):
            task.reset(seed)
            states = task.objects()
            counts.add(len(states.names))
            assert set(states.status) == {'table'}
            x, y = states.positions[:, 0], states.positions[:, 1]
            rim = np.minimum(x - near, far - x)
            assert rim[0] < 0.07  # beside an edge, if it did not roll
            assert rim[2] < 0.07 and y[2] < task.scene.table_y[0] + 0.08  # in a far corner
            assert abs(x[1] - x[0]) < 0.03 and 0.02 < y[0] - y[1] < 0.15  # behind the first
    assert counts == {3, 4, 5}


def test_a_hard_scene_depends_on_its_seed_alone():
    with ClearTable(HARD) as task:
        first = task.reset(5).image
        task.reset(6)
        np.testing.assert_array_equal(task.reset(5).image, first)
