"""Claims about environments: docs/extend/environment.md as it stands, and what is refused."""

import json
import re
import shlex
import subprocess
import sys
from typing import ClassVar

import numpy as np
import pytest

from foresight.actions.loading import load
from foresight.data.environments import EnvironmentConfig
from foresight.errors import CheckpointError, ConfigError, DatasetError
from foresight.experiments.environment.measure import EnvironmentSettings
from foresight.external.episode import EnvironmentLoop, Goal, MakeLoop
from foresight.external.gym import GymEnvironment
from foresight.external.play import EnvironmentPlay, EnvironmentPlayer, collect
from foresight.external.policies import AimedActions
from foresight.files import share
from foresight.rollout.gathering import Order
from foresight.rollout.inventory import inventory
from foresight.settings import SHIPPED

gymnasium = pytest.importorskip('gymnasium', reason="needs the extra 'gym'")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
DOT = EnvironmentConfig('dot:Dot-v0')


@pytest.fixture(scope='module')
def place(tmp_path_factory):
    """A folder with the environment of the page; it can be imported from there."""
    folder = tmp_path_factory.mktemp('environment')
    page = share('docs/extend/environment.md').read_text()
    (folder / 'dot.py').write_text(re.search(r'```python\n(.*?)```', page, re.S)[1])
    (folder / 'commands').write_text(re.search(r'```bash\n(.*?)```', page, re.S)[1])
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield folder


def foresight(words, folder):
    """Run a command in a folder, as a shell there would."""
    code = 'import sys; sys.path.insert(0, "."); from foresight.cli.main import main; main()'
    return subprocess.run(
        [sys.executable, '-c', code, *words], cwd=folder, capture_output=True, text=True,
    )


@pytest.fixture(scope='module')
def followed(place):
    """The folder after the commands of the page."""
    text = (place / 'commands').read_text().replace('\\\n', ' ')
    for line in text.splitlines():
        done = foresight([*shlex.split(line)[1:]], place)
        assert done.returncode == 0, done.stderr
    return place


def test_the_planner_reaches_the_goal_image_more_often_than_random_actions(followed):
    page = json.loads((followed / 'out/results/dot/environment_dot_4000_20.json').read_text())
    planner, random = page['policies']['planner'], page['policies']['random']
    assert planner['success'] >= 0.7 and random['success'] <= 0.3
    assert planner['last'] > random['last'] and planner['left'] < random['left']
    assert page['prediction']['prediction_ratio'] < 0.5


def test_a_folder_says_which_environment_it_is_of(followed):
    found = inventory(followed / 'data/dot')
    assert found.site == 'dot:Dot-v0' and found.actions >= 3000 and found.robot == ''


def test_a_world_model_of_an_environment_is_not_for_an_arm(followed):
    with pytest.raises(CheckpointError, match='foresees the environment .dot:Dot-v0'):
        load(followed / 'runs/dot').action  # noqa: B018
    done = foresight(['evaluate', 'clear_table', '--checkpoint', 'runs/dot', '--episodes', '1',
                      '--policy', 'planner', '--workers', '1'], followed)
    assert done.returncode == 2
    assert 'foresight experiment environment' in done.stderr.splitlines()[-1]


def test_a_world_model_of_an_arm_is_not_for_an_environment():
    with pytest.raises(CheckpointError, match='knows a table with an arm'):
        EnvironmentSettings(checkpoint=SHIPPED).environment  # noqa: B018


def test_images_of_another_size_than_it_learned_from_name_both(followed):
    larger = EnvironmentConfig('dot:Dot-v0', image_rows=32, image_columns=32)
    with EnvironmentLoop(MakeLoop('planner', larger, followed / 'runs/dot', 3)) as loop, \
            pytest.raises(CheckpointError, match='32x32 pixels.*64x64'):
        loop.play(0)


def test_the_seed_decides_an_episode(place):
    play = EnvironmentPlay(DOT, 6, 0.0)
    with EnvironmentPlayer(play) as first, EnvironmentPlayer(play) as second:
        first.play(1)
        ours, theirs = first.play(2), second.play(2)
    np.testing.assert_array_equal(ours.actions, theirs.actions)
    np.testing.assert_array_equal(ours.stills.data, theirs.stills.data)


def test_an_action_is_so_many_steps_of_the_environment(place):
    with GymEnvironment(EnvironmentConfig('dot:Dot-v0', repeat=3)) as environment:
        environment.reset(0, {'place': [0.2, 0.5]})
        arrival = environment.act(np.array([1.0, 0.0]))
    assert arrival.figures['distance'] == pytest.approx(np.hypot(0.25, 0.25))


def test_play_of_another_seed_leads_to_a_goal(place):
    with EnvironmentLoop(MakeLoop('random', DOT, place, 4, goal=Goal(actions=3))) as loop:
        first, again = loop.play(5), loop.play(5)
    assert first.left > 0.0 and first.actions == 4
    assert (first.left, first.last) == (again.left, again.last)


def test_a_folder_takes_one_environment(place, tmp_path):
    play, order = EnvironmentPlay(DOT, 5, 0.0), Order(10, 0, 1)
    assert collect(play, order, tmp_path, lambda _: None) == 10
    other = EnvironmentPlay(EnvironmentConfig('dot:Dot-v0', repeat=2), 5, 0.0)
    with pytest.raises(DatasetError, match='choose another --out'):
        collect(other, order, tmp_path, lambda _: None)


def test_aimed_actions_are_places_where_something_is(place):
    with GymEnvironment(DOT) as environment:
        image = environment.reset(0, {'place': [0.2, 0.8]})
        policy = AimedActions(environment.action.bounds)
        policy.begin(0, image)
        places = np.array([policy.choose(image) for _ in range(50)])
    np.testing.assert_allclose(places.mean(axis=0), [-0.6, 0.6], atol=0.1)


class Bare(gymnasium.Env):
    """Shows nothing, and takes any number."""

    observation_space = gymnasium.spaces.Box(-1.0, 1.0, (3,), np.float32)
    action_space = gymnasium.spaces.Box(-1.0, 1.0, (1,), np.float32)

    def reset(self, *, seed=None, options=None):
        return np.zeros(3, np.float32), {}


class Unbounded(Bare):
    action_space = gymnasium.spaces.Box(-np.inf, np.inf, (1,), np.float32)


class Discrete(Bare):
    action_space = gymnasium.spaces.Discrete(2)


class Rendered(Bare):
    metadata: ClassVar = {'render_modes': ['rgb_array']}

    def __init__(self, render_mode=None):
        self.render_mode = render_mode

    def render(self):
        return np.full((32, 32, 3), 7, np.uint8)


for kind in (Bare, Unbounded, Discrete, Rendered):
    gymnasium.register(f'{kind.__name__}-v0', kind)


@pytest.mark.parametrize(('config', 'said'), [
    (EnvironmentConfig('Bare-v0'), 'Bare-v0 shows no image'),
    (EnvironmentConfig('Unbounded-v0'), 'actions without bounds'),
    (EnvironmentConfig('Discrete-v0'), r'Discrete\(2\).*continuous actions'),
    (EnvironmentConfig('Nothing-v0'), "'Nothing-v0' cannot be made.*install the package"),
    (EnvironmentConfig('nowhere/Nothing-v0'), "No module named 'nowhere'"),
    (EnvironmentConfig('Bare-v0', '{"speed": 3}'), 'speed.*--env-options'),
])
def test_an_environment_that_cannot_be_learned_is_one_line(config, said):
    with pytest.raises(ConfigError, match=said) as error, GymEnvironment(config) as environment:
        environment.reset(0)
    assert '\n' not in str(error.value)


@pytest.mark.parametrize('options', ['{}', '{"render_mode": "rgb_array"}'])
def test_what_is_rendered_is_the_image_whether_or_not_options_ask_for_it(options):
    with GymEnvironment(EnvironmentConfig('Rendered-v0', options)) as environment:
        assert (environment.reset(0) == 7).all()


def test_an_unknown_figure_names_those_there_are(place):
    with EnvironmentLoop(MakeLoop('random', DOT, place, 4, figure='coverage')) as loop, \
            pytest.raises(ConfigError, match='no figure .coverage.: choose one of distance'):
        loop.play(0)


def test_a_goal_image_of_another_shape_names_both(place):
    image = share('docs/images/demo.png')
    with pytest.raises(ConfigError, match='pixels, the environment is seen at 64x64'):
        EnvironmentLoop(MakeLoop('random', DOT, place, 4, goal=Goal(str(image))))
