import pytest

from foresight.costs.goal_energy import RegionConfig
from foresight.errors import ConfigError
from foresight.settings import SceneConfig
from foresight.tasks.success import Success
from foresight.tasks.task_file import load_task
from foresight.tasks.terms import TERMS

GOOD = """
terms:
  remaining: 1.0
done:
  term: remaining
  below: 0.5
"""

GOAL = GOOD.replace('remaining', 'goal_energy')


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / 'task.yaml'
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize(('name', 'term'), [
    ('clear_table', 'remaining'), ('clear_table_by_goal', 'goal_energy'),
    ('clear_table_by_cost_head', 'remaining'), ('push_to_goal', 'goal_energy'),
    ('left_half', 'outside'), ('keep_clear', 'inside'), ('gather', 'apart'),
])
def test_the_tasks_of_the_package_load(name, term):
    task = load_task(name)
    assert task.name == name
    assert task.done_term == term
    assert dict(task.terms)[term] == 1.0
    task.success.make(SceneConfig())


def test_dropping_weighs_more_than_leaving():
    terms = dict(load_task('clear_table').terms)
    assert terms['dropped'] > terms['remaining']


def test_clearing_by_a_goal_image_does_not_care_about_the_bin():
    task = load_task('clear_table_by_goal')
    assert task.goal == 'empty_table'
    assert task.regions.bin == 0.0
    assert task.regions.floor > task.regions.table > 0.0


def test_a_task_weights_regions(write):
    task = load_task(write(GOAL + 'regions:\n  floor: 5.0\n  bin: 0.0\n'))
    assert task.regions == RegionConfig(floor=5.0, bin=0.0)
    assert task.goal == 'image'


@pytest.mark.parametrize(('line', 'message'), [
    ('flor: 2.0', 'unknown flor; known are table, floor, bin'),
    ('floor: 2', 'decimal point'),
    ('floor: -1.0', 'must be >= 0'),
    ('floor: .inf', 'must be finite'),
    ('table: 1000.0', 'must be <= 100'),
    ('bin_margin: 0.5', 'must be <= 0.2 m'),
    ('{table: 0.0, floor: 0.0, bin: 0.0}', 'weight above 0.0'),
    ('4.0', 'must be a mapping'),
])
def test_a_mistake_in_region_weights_is_an_error(write, line, message):
    with pytest.raises(ConfigError, match=message):
        load_task(write(f'{GOAL}regions:\n  {line}\n'))


def test_an_unknown_goal_names_the_known_ones(write):
    with pytest.raises(ConfigError, match='choose one of image, empty_table'):
        load_task(write(GOAL + 'goal: tidy_table\n'))


@pytest.mark.parametrize('line', ['goal: empty_table', 'regions:\n  bin: 0.0'])
def test_what_only_a_goal_energy_reads_is_refused_without_one(write, line):
    with pytest.raises(ConfigError, match='for a task with a goal_energy'):
        load_task(write(f'{GOOD}{line}\n'))


def test_a_task_has_a_goal_if_a_term_or_its_done_test_compares_with_one(write):
    assert not load_task(write(GOOD)).has_goal
    assert load_task(write(GOAL)).has_goal
    assert load_task(write(GOOD.replace('term: remaining', 'term: goal_energy'))).has_goal


def test_a_task_changes_planner_settings(write):
    task = load_task(write(GOOD + 'planner:\n  horizon: 3\n  discount: 0.5\n'))
    assert (task.planner.horizon, task.planner.discount) == (3, 0.5)
    assert task.planner.samples == 256


def test_an_unknown_task_names_the_known_ones():
    known = 'clear_table, clear_table_by_cost_head, clear_table_by_goal, gather, keep_clear, left'
    with pytest.raises(ConfigError, match=known):
        load_task('wash_dishes')


@pytest.mark.parametrize('where', ['', 'planner:\n  ', '  '])
def test_a_task_cannot_change_guardrails(write, where):
    with pytest.raises(ConfigError, match='cannot change guardrails'):
        load_task(write(GOOD + where + 'guardrails: {}\n'))


def test_an_unknown_term_names_the_known_ones(write):
    with pytest.raises(ConfigError, match=', '.join(TERMS)):
        load_task(write(GOOD.replace('  remaining: 1.0', '  tidiness: 1.0')))


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ('done:', 'finish:', 'unknown finish'),
    ('below: 0.5', 'under: 0.5', 'unknown under'),
    ('term: remaining', 'term: tidiness', 'choose one of'),
    ('  below: 0.5', '', 'both `done` keys'),
    ('remaining: 1.0', 'remaining: 1', 'decimal point'),
    ('remaining: 1.0', 'remaining: -1.0', 'decimal point'),
    ('remaining: 1.0', 'remaining: .nan', 'decimal point'),
    ('remaining: 1.0', 'remaining: yes', 'decimal point'),
    ('  remaining: 1.0', '  []', 'must be a mapping'),
    ('terms:', 'terms: [', 'YAML'),
])
def test_a_mistake_is_an_error_that_says_where(write, old, new, message):
    with pytest.raises(ConfigError, match=message):
        load_task(write(GOOD.replace(old, new)))


@pytest.mark.parametrize(('line', 'message'), [
    ('horizn: 2', 'unknown horizn'),
    ('horizon: 2.0', 'write int'),
    ('discount: 1', 'decimal point'),
    ('horizon: 65', 'must be <= 64'),
])
def test_a_mistake_in_planner_settings_is_an_error(write, line, message):
    with pytest.raises(ConfigError, match=message):
        load_task(write(f'{GOOD}planner:\n  {line}\n'))


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match='there is no file .*none.yaml.: choose one of'):
        load_task(tmp_path / 'none.yaml')


@pytest.mark.parametrize(('actions', 'message'), [
    ('[poke]', "no macro-action 'poke': choose one of push"), ('[]', 'a list of one macro-action'),
    ('push', 'a list of one macro-action'), ('[nowhere:Poke]', 'cannot be imported'),
])
def test_an_action_that_does_not_exist_is_one_line_with_the_remedy(write, actions, message):
    with pytest.raises(ConfigError, match=message):
        load_task(write(GOOD + f'actions: {actions}\n'))


def test_the_spread_of_candidates_stands_among_the_settings_of_the_planner(write):
    task = load_task(write(GOOD + 'actions: [push]\nplanner:\n  noise_heading: 0.5\n'))
    assert task.spread.noise == (0.03, 0.03, 0.5, 0.03)


def test_success_is_everything_in_the_bin_unless_a_task_says_otherwise(write):
    assert load_task(write(GOOD)).success == Success('in_bin')
    for name in ('clear_table', 'clear_table_by_cost_head', 'clear_table_by_goal'):
        assert load_task(name).success == Success('in_bin')
    rule = 'success:\n  rule: in_region\n  y: [0.0, 0.3]\n'
    assert load_task(write(GOOD + rule)).success == Success('in_region', (('y', [0.0, 0.3]),))


@pytest.mark.parametrize(('content', 'message'), [
    ('in_bin', 'write a `rule` and its parameters'),
    ('{y: [0.0, 0.3]}', 'write a `rule`'),
    ('{rule: tidy}', "no success rule 'tidy': choose one of in_bin, in_region"),
    ('{rule: together}', "missing a required argument: 'radius'.*parameters are radius"),
    ('{rule: in_region, z: [0.0, 0.3]}', "unexpected keyword argument 'z'.*parameters are x, y"),
    ('{rule: "nowhere:Tidy"}', 'cannot be imported .*PYTHONPATH'),
])
def test_a_mistake_in_success_is_one_line_with_the_remedy(write, content, message):
    with pytest.raises(ConfigError, match=f'success.*{message}'):
        load_task(write(GOOD + f'success: {content}\n'))


TERM = """
terms:
  {0}
done:
  term: remaining
  below: 0.5
"""


def test_a_term_takes_parameters_beside_its_weight(write):
    text = TERM.format('outside: {weight: 2.0, y: [0.0, 0.3]}\n  remaining: 1.0')
    task = load_task(write(text))
    assert task.terms == (('outside', 2.0), ('remaining', 1.0))
    assert task.given == {'outside': {'y': [0.0, 0.3]}, 'remaining': {}}


@pytest.mark.parametrize(('term', 'message'), [
    ('outside: {weight: 1.0, z: [0.0, 0.3]}', "unexpected keyword argument 'z'.*are x, y"),
    ('remaining: {weight: 1.0, y: [0.0, 0.3]}', 'its parameters are none'),
    ('outside: {y: [0.0, 0.3]}', 'outside = None: write a number'),
    ('"foresight.errors:ConfigErrors": 1.0', 'cannot be imported'),
    ('"foresight.settings:SIDES": 1.0', 'name a class or a function'),
])
def test_a_mistake_in_a_term_is_one_line_with_the_remedy(write, term, message):
    with pytest.raises(ConfigError, match=f'terms: .*{message}'):
        load_task(write(TERM.format(term)))
