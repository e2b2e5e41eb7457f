"""The results page of looking further ahead."""

from foresight.experiments.ablation.differences import difference_lines
from foresight.experiments.document import Document
from foresight.experiments.evaluation.page import played
from foresight.experiments.tables import closing, difference, table


def to_markdown(document: Document) -> str:
    """Return the page, with the command that makes it again."""
    rows, last = document['rows'], document['seed'] + document['episodes'] - 1
    first = next(iter(rows))
    head = (
        'horizon', 'success', '95 % interval', 'cleared', 'dropped', 'actions', 'plan ms p50',
        'plan ms p99', 'outcomes', f'success against {first}',
        f'dropped an episode against {first}',
    )
    return '\n'.join([
        f'# Looking further than one action: {document["task"]}, {document["split"]} scenes', '',
        f'{document["episodes"]} episodes of each row on the same seeds, {document["objects"]} '
        f'objects, at most {document["max_actions"]} actions.', '',
        *table(head, (
            [name, *played(row), difference(row['against_first']['success']),
             difference(row['against_first']['dropped'])] for name, row in rows.items()
        )),
        *(['', *difference_lines(document['differences'])] if document['differences'] else []),
        '', f'Seeds {document["seed"]} to {last}, in lockstep and without a deadline, so that '
        f'outcomes do not depend on the load of the machine: {document["machine"]}. '
        f'Checkpoint: {document["checkpoint"]}.', '',
        'Differences are means over pairs of episodes with the same seed; intervals are 95 % by '
        'bootstrap over the pairs.', *closing(document),
    ])
