"""No key, token or password is in what is published."""

import re
import subprocess

import pytest

from foresight.files import share

ROOT = share('.')
SECRETS = re.compile('|'.join((
    r'-----BEGIN [A-Z ]*PRIVATE KEY', r'\bAKIA[0-9A-Z]{16}\b', r'\bgh[pousr]_[A-Za-z0-9]{36}\b',
    r'\bgithub_pat_\w{50,}', r'\bglpat-[\w-]{20}', r'\bhf_[A-Za-z]{34}\b', r'\bpypi-\w{50,}',
    r'\bsk-[A-Za-z0-9-]{32,}', r'\bxox[abprs]-[\w-]{10,}', r'\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.',
    r'\w+://[^/\s:@\'"`<>{}]+:[^/\s@\'"`<>{}]+@[a-z]',
)).encode())
EXAMPLES = (
    b'-----BEGIN RSA PRIVATE KEY-----', b'AKIA' + b'A' * 16, b'ghp_' + b'a' * 36,
    b'https://user:word' + b'@example.org', b'hf_' + b'a' * 34, b'sk-' + b'a' * 40,
)


def published() -> list[str]:
    """Files under version control; what git does not know is not published."""
    listed = subprocess.run(['git', 'ls-files', '-z'], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip('not a git checkout: nothing says which files are published')
    return [name for name in listed.stdout.decode().split('\0') if name]


@pytest.mark.parametrize('example', EXAMPLES)
def test_the_patterns_find_what_they_are_for(example: bytes) -> None:
    assert SECRETS.search(example)


def test_no_published_file_holds_a_secret() -> None:
    found = {
        name: match[0][:20] for name in published()
        if (ROOT / name).is_file() and (match := SECRETS.search((ROOT / name).read_bytes()))
    }
    assert not found.keys() - {'test/repo/test_secrets.py'}, found
