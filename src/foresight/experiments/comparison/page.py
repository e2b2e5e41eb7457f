"""The page of a comparison: success of both, and how well both predict."""

from foresight.experiments.document import Document, by_robot, closing, difference, interval, table

HEAD = 'scenes', 'tables', 'old', 'new', 'new minus old', 'dropped old', 'dropped new'
SEEN = 'actions ahead', 'held-out actions', 'old', 'new', 'new minus old'


def to_markdown(document: Document) -> str:
    """Return the page, with the command that makes it again."""
    place = f' at the site {document["site"]}' if document['site'] else ''
    rows = {**document['splits'], 'all': document['all']}
    if len(document['splits']) == 1:
        rows.pop('all')
    return '\n'.join([
        f'# {document["task"]}{place}{by_robot(document)}: {document["checkpoint"]} against '
        f'{document["old"]}', '',
        *table(HEAD, (
            [name, str(part['difference']['pairs']), interval(part['old'], 'success'),
             interval(part['new'], 'success'), difference(part['difference']),
             f'{part["old"]["dropped"]:.2f}', f'{part["new"]["dropped"]:.2f}']
            for name, part in rows.items()
        )), '',
        f'The same tables by both, seeds {document["seed"]} on; success: {document["success"]}, '
        'none dropped, within the allowed actions. Intervals are of 95 %, that of the difference '
        'over pairs; where no table ended otherwise it is what so few tables cannot exclude.',
        *_prediction(document), *closing(document),
    ])


def _prediction(document: Document) -> list[str]:
    """Return the table of prediction errors, if there were bags."""
    if not document['prediction']:
        return []
    return [
        '', 'Prediction on actions of the bags that neither has learned from, where the image '
        'changed; 1 is the error of "nothing moves".', '',
        *table(SEEN, (
            [str(row['steps']), str(row['difference']['pairs']), f'{row["old"]:.2f}',
             f'{row["new"]:.2f}', difference(row['difference'])]
            for row in document['prediction']
        )),
    ]
