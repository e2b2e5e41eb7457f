"""make and the gate say the same thing everywhere."""

import os
import subprocess

import yaml

from foresight.files import share


def test_gate_runs_lint_and_tests():
    gate = share('.ci/run')
    assert os.access(gate, os.X_OK)
    text = gate.read_text()
    assert text.startswith('#!/usr/bin/env bash')
    assert 'set -euo pipefail' in text and 'make lint test' in text


def test_hooks_are_local():
    hooks = yaml.safe_load(share('.pre-commit-config.yaml').read_text())
    assert {entry['repo'] for entry in hooks['repos']} == {'local'}


def test_make_knows_every_target():
    for target in ('install', 'demo', 'test', 'lint', 'docs', 'clean'):
        result = subprocess.run(
            ['make', '--dry-run', target],
            cwd=share('.'), capture_output=True, text=True, timeout=30,
        )
        assert result.returncode == 0, result.stderr


def test_no_tracked_file_names_a_machine():
    pattern = r'(^|[^a-z.])/(work|root|home)/|--(extra-)?index-url'
    result = subprocess.run(
        ['git', 'grep', '-nIE', pattern, '--', '.', ':!test/repo/test_gate.py'],
        cwd=share('.'), capture_output=True, text=True, timeout=30,
    )
    assert result.stdout == ''
