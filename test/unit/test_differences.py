from foresight.differences import MOST, differences, named


def test_each_setting_that_differs_is_named_with_both_values():
    kept = {'train': {'batch': 8, 'seed': 0}, 'dataset': 'abc', 'format': 1}
    now = {'train': {'batch': 16, 'seed': 0}, 'dataset': 'def', 'format': 1}
    assert differences(kept, now) == ['dataset', 'train.batch = 8, now 16']


def test_what_only_one_of_them_says_differs():
    assert differences({'a': 1}, {'b': 2}) == ['a = 1, now None', 'b = None, now 2']


def test_equal_descriptions_differ_in_nothing():
    assert differences({'a': {'b': [1]}}, {'a': {'b': [1]}}) == []


def test_many_differences_are_counted():
    assert named(['a', 'b']) == 'a, b'
    assert named([*'abcdefg'[:MOST], 'x', 'y']) == 'a, b, c, d, 2 more'
