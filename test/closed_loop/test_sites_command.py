"""Sites that were kept from training are played and put on a page."""

from dataclasses import replace

import pytest
from rich.console import Console

from foresight.experiments.experiment import find_experiment, run


@pytest.mark.slow
def test_the_page_tells_every_row_and_every_site(tmp_path):
    experiment = find_experiment('sites')
    settings = replace(
        experiment.settings, sites=2, episodes=1, policies='planner,aimed_random',
        effects='webcam', workers=1,
    )
    document = run(experiment, settings, tmp_path, Console(quiet=True))
    assert set(document['rows']) == {'planner', 'aimed_random', 'webcam'}
    assert document['rows']['planner']['episodes'] == 2
    assert set(document['differences']) == {'webcam'}
    assert [place['site'] for place in document['by_site']] == [0, 1]
    page = (tmp_path / 'sites.md').read_text()
    assert '| webcam |' in page and '| 1 |' in page
