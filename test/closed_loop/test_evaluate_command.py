import pytest

from foresight.cli.evaluate import evaluate
from foresight.errors import ConfigError


def test_over_ros_refuses_a_task_for_which_nobody_gives_a_goal(tmp_path):
    with pytest.raises(ConfigError, match='wants a goal image'):
        evaluate('push_to_goal', over_ros=True, out=tmp_path)


def test_an_unknown_split_names_the_known_ones():
    with pytest.raises(ConfigError, match='seen, unseen, both'):
        evaluate(split='sen')
