"""A sheet: one page of several runs, each in a section that the next run of its name replaces."""

import re

MARK = '<!-- run: {} -->'
_MARKED = re.compile(r'^<!-- run: (\S+) -->\n', re.MULTILINE)


def with_section(page: str, name: str, section: str) -> str:
    """Return a page with the section of a run: in its place, or in the order of names.

    Args:
        page: The page so far; what stands before the first section stays.
        name: Name of the run, without spaces.
        section: Markdown that begins with a title; all titles go one level down.
    """
    head, *parts = _MARKED.split(page)
    sections = dict(zip(parts[::2], parts[1::2], strict=True)) | {name: _lower(section)}
    body = (f'{MARK.format(key)}\n\n{sections[key].strip()}\n' for key in sorted(sections))
    return '\n\n'.join(filter(None, (head.strip(), '\n'.join(body))))


def _lower(section: str) -> str:
    """Put titles one level down, but for comments of a shell in a block of code."""
    blocks = section.split('```')
    return '```'.join(
        block if index % 2 else re.sub(r'^#', '##', block, flags=re.MULTILINE)
        for index, block in enumerate(blocks)
    )
