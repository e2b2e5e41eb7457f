from foresight.experiments.sheet import with_section

HEAD = '# Coins\n\nThrown by hand.\n'


def test_sections_stand_in_the_order_of_their_names_below_what_was_there():
    page = with_section(with_section(HEAD, 'b', '# Second\n\ntails\n'), 'a', '# First\n\nheads\n')
    assert page.startswith(HEAD)
    assert page.index('<!-- run: a -->\n\n## First') < page.index('<!-- run: b -->\n\n## Second')


def test_the_same_run_again_replaces_its_section_alone():
    page = with_section(with_section(HEAD, 'a', '# First\n\nheads\n'), 'b', '# Second\n')
    again = with_section(page, 'a', '# First\n\ntails\n')
    assert 'heads' not in again and again == page.replace('heads', 'tails')


def test_a_comment_in_a_block_of_code_is_no_title():
    page = with_section('', 'a', '# Title\n\n```\n# comment\n```\n\n## Below\n')
    assert '\n# comment\n' in page and '\n### Below' in page
    assert with_section(page, 'a', '# Title\n\n```\n# comment\n```\n\n## Below\n') == page
