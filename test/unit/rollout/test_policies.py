"""Claims about the policies of an evaluation."""

from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pytest
import torch

from foresight.actions.loading import load, make_model
from foresight.actions.push.action import in_action_box
from foresight.actions.push.sampler import AimedSampler, PushSampler
from foresight.actions.push.settings import PushConfig
from foresight.planning.levels.task import TaskLevel
from foresight.planning.settings import OptimiserConfig
from foresight.protocols import CameraView, Observation
from foresight.robots.arm import ArmModel
from foresight.rollout.policies import AimedRandomPolicy, PlannerPolicy, RandomPolicy
from foresight.settings import SceneConfig
from foresight.tasks.assembly import assemble
from foresight.tasks.clear_table.cost_head import CostHead
from foresight.tasks.scene_view import ObjectStates, Policy, SceneView
from foresight.tasks.task_file import load_task
from foresight.world_model.checkpoint import Checkpoint, CheckpointConfig, save
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.perception import Perception
from foresight.world_model.observation.rectification import Rectifier
from foresight.world_model.predictors.task import PredictorConfig

SCENE, PUSH, ENCODER = SceneConfig(), PushConfig(), EncoderConfig()
ARM = ArmModel.load()
SPOT = (0.45, 0.05)


class Anywhere:
    """Every action inside the action box."""

    name = 'anywhere'

    def __call__(self, actions):
        return in_action_box(actions, SCENE, PUSH)


# True states that nobody can use.
UNKNOWN = ObjectStates(
    ('0',), np.full((1, 3), np.nan), np.full((1, 4), np.nan), np.full((1, 3), np.nan),
    ('unknown',), (False,),
)


def overhead() -> CameraView:
    """A camera that looks straight down, as far as 1 px = 1 cm on the table plane."""
    pose = np.eye(4)
    pose[:3, :3] = [[0.0, -1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]]
    pose[:3, 3] = 0.5, 0.1, 1.25
    matrix = np.array([[125.0, 0.0, 63.5], [0.0, 125.0, 47.5], [0.0, 0.0, 1.0]])
    return CameraView(matrix, pose, 128, 96)


def scene_with_a_blob() -> SceneView:
    view, background = overhead(), np.full((96, 128, 3), 90, np.uint8)
    image = background.copy()
    row, column = round(47.5 + 100 * (0.5 - SPOT[0])), round(63.5 + 100 * (0.1 - SPOT[1]))
    image[row - 1 : row + 2, column - 1 : column + 2] = 220
    return SceneView(Observation(image, view, 0.0), background, UNKNOWN)


@dataclass
class Recording:
    """Makes real task levels and remembers the goals that it was given."""

    checkpoint: Checkpoint
    change: float = 0.0
    goals: list[torch.Tensor] = field(default_factory=list)

    def __call__(self, empty: torch.Tensor) -> TaskLevel:
        self.goals.append(empty)
        config = OptimiserConfig(samples=32, elites=8, iterations=2, robust_top=0, deadline=60.0)
        goal = empty + self.change * torch.linspace(-1, 1, 24)
        return assemble(
            load_task('clear_table_by_goal'), self.checkpoint, ARM, goal, planner=config,
        )


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory) -> Checkpoint:
    folder = tmp_path_factory.mktemp('checkpoint')
    torch.manual_seed(0)
    config = CheckpointConfig(
        encoder=EncoderConfig(channels=4, width=8), predictor=PredictorConfig(width=16, blocks=1),
    )
    model = make_model(config)
    head = CostHead(config.encoder.channels, model.raster.scene_map)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    save(folder, {'world_model': model, 'cost_head': head}, config)
    return load(folder, 'cpu')


def planner_policy(make: Recording) -> PlannerPolicy:
    model = make.checkpoint.model
    return PlannerPolicy(Perception(model, Rectifier(SCENE, ENCODER), 'cpu'), make)


def emptied(scene: SceneView) -> SceneView:
    return replace(scene, observation=replace(scene.observation, image=scene.background))


def random_policy() -> RandomPolicy:
    return RandomPolicy(PushSampler(SCENE, PUSH, Anywhere()))


def aimed_policy() -> AimedRandomPolicy:
    aim = partial(AimedSampler, SCENE, PUSH, Anywhere())
    return AimedRandomPolicy(Rectifier(SCENE, ENCODER), aim)


def first(policy: Policy, seed: int) -> np.ndarray:
    policy.reset(seed)
    plan = policy.decide(scene_with_a_blob()).plan
    assert plan is not None
    return plan.actions[0].numpy()


@pytest.mark.parametrize('make', [random_policy, aimed_policy])
def test_the_seed_decides_and_true_poses_do_not(make) -> None:
    np.testing.assert_array_equal(first(make(), 7), first(make(), 7))
    assert not np.array_equal(first(make(), 7), first(make(), 8))


def test_aimed_actions_pass_over_what_differs_from_the_empty_table() -> None:
    policy = aimed_policy()
    for seed in range(20):
        x, y, heading, length = first(policy, seed)
        offset = np.subtract(SPOT, (x, y))
        along = offset @ (np.cos(heading), np.sin(heading))
        across = offset @ (-np.sin(heading), np.cos(heading))
        assert 0.0 < along < max(length, 0.12)
        assert abs(across) < 0.04


def test_aimed_actions_have_any_heading() -> None:
    policy = aimed_policy()
    headings = [first(policy, seed)[2] for seed in range(60)]
    assert min(headings) < -1.0
    assert max(headings) > 1.0


def test_the_goal_is_the_empty_table_once_an_episode(checkpoint) -> None:
    make, scene = Recording(checkpoint), scene_with_a_blob()
    policy = planner_policy(make)
    for seed in (1, 2):
        policy.reset(seed)
        policy.decide(scene)
        policy.decide(scene)
    assert len(make.goals) == 2
    empty = torch.from_numpy(Rectifier(SCENE, ENCODER).rectify(scene.background, overhead()))
    expected = checkpoint.model.encode(empty[None], empty[None])[0]
    assert torch.equal(make.goals[0], expected)
    policy.reset(3)
    assert policy.decide(emptied(scene)).done


def test_the_goal_changes_the_plan(checkpoint) -> None:
    plain, changed = (planner_policy(Recording(checkpoint, change)) for change in (0.0, 2.0))
    assert not np.array_equal(first(plain, 7), first(changed, 7))
    np.testing.assert_array_equal(first(plain, 7), first(plain, 7))
