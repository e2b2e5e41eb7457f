"""The results page of ways to weigh imagined futures."""

from foresight.experiments.document import Document
from foresight.experiments.evaluation import page as evaluation
from foresight.experiments.tables import difference, table


def to_markdown(document: Document) -> str:
    """Return the page."""
    head = 'risk minus off, an episode', 'success', 'dropped objects', 'actions'
    return '\n'.join([
        evaluation.to_markdown(document),
        'Each of the best candidates is imagined in '
        f'{document["risk_samples"]} futures, each with its own jitter of the action and its own '
        'value of the latent variable. `off`: jitter alone, as without a latent variable; `mean`: '
        f'the mean over futures; `cvar`: the mean over the costliest {document["risk_alpha"]:.0%};'
        ' `worst`: the costliest.', '',
        *table(head, (
            [kind, *(difference(found, 3) for found in compared.values())]
            for kind, compared in document['paired'].items()
        )), '',
        'Paired over the same seeds of all splits, bootstrap 95 %.', '',
    ])
