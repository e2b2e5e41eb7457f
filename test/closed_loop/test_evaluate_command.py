import pytest

from foresight.cli.evaluate import evaluate
from foresight.errors import ConfigError


def test_over_ros_refuses_another_task():
    with pytest.raises(ConfigError, match='leave the task out'):
        evaluate('push_to_goal', over_ros=True)


def test_an_unknown_split_names_the_known_ones():
    with pytest.raises(ConfigError, match='seen, unseen, both'):
        evaluate(split='sen')
