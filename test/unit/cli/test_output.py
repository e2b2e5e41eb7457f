import json
import os
from dataclasses import dataclass

import numpy as np
import pytest

from foresight.cli.output import quiet_stdout
from foresight.errors import ForesightError
from foresight.experiments.document import write_json


@dataclass(frozen=True)
class Score:
    success: float
    seeds: tuple[int, ...]


def test_document_holds_dataclasses_and_arrays(tmp_path):
    document = {'score': Score(0.5, (1, 2)), 'mean': np.float32(0.25), 'all': np.arange(3)}
    write_json(document, tmp_path / 'score.json')
    assert json.loads((tmp_path / 'score.json').read_text()) == {
        'score': {'success': 0.5, 'seeds': [1, 2]}, 'mean': 0.25, 'all': [0, 1, 2],
    }


def test_nan_is_refused(tmp_path):
    with pytest.raises(ValueError, match='JSON'):
        write_json({'success': float('nan')}, tmp_path / 'score.json')
    assert not any(tmp_path.iterdir())


def test_standard_output_holds_the_document_alone(capfd):
    with quiet_stdout('-'):
        print('progress')
        os.write(1, b'a C library\n')
    write_json({'success': 1.0}, '-')
    out, err = capfd.readouterr()
    assert json.loads(out) == {'success': 1.0}
    assert 'progress' in err and 'a C library' in err


def test_file_is_written_into_a_new_folder(tmp_path):
    write_json({'success': 1.0}, str(tmp_path / 'new' / 'score.json'))
    assert json.loads((tmp_path / 'new' / 'score.json').read_text()) == {'success': 1.0}
    assert [path.name for path in (tmp_path / 'new').iterdir()] == ['score.json']


def test_unwritable_path_names_the_remedy(tmp_path):
    (tmp_path / 'file').touch()
    with pytest.raises(ForesightError, match='choose another'):
        write_json({}, str(tmp_path / 'file' / 'score.json'))
