"""`foresight evaluate risk`: does weighing what may happen drop fewer objects."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from foresight.cli.evaluate import (
    RESULTS,
    SPLITS,
    CheckpointFolder,
    Episodes,
    Objects,
    Out,
    Seed,
    Split,
    TaskArgument,
    Workers,
    bars,
    check_choices,
    command,
    counts,
    machine,
    measure,
    scores,
    table,
)
from foresight.cli.output import JsonOption, quiet_stdout, write_json
from foresight.experiments.players import ClearTablePlayers, scenes
from foresight.experiments.results import PolicyResult, to_document, to_markdown
from foresight.experiments.statistics import paired_difference
from foresight.files import find_model, write_atomically
from foresight.planning.settings import PlannerConfig
from foresight.rollout.policies import PlannerPolicy
from foresight.settings import CLEAR_TABLE, SHIPPED
from foresight.sim.settings import SimConfig
from foresight.tasks.task_file import load_task

USUAL = PlannerConfig()
OFF = 'off'
Kinds = Annotated[str, typer.Option(help='Comma-separated settings of `risk`; `off` is compared.')]
Samples = Annotated[int, typer.Option(min=1, help='Futures of each of the best candidates.')]
Alpha = Annotated[float, typer.Option(help='Share of the costliest futures, for cvar.')]


def risk(
    task: TaskArgument = CLEAR_TABLE,
    episodes: Episodes = 50,
    seed: Seed = 4000,
    objects: Objects = 3,
    split: Split = 'both',
    kinds: Kinds = 'off,mean,cvar,worst',
    samples: Samples = USUAL.risk_samples,
    alpha: Alpha = USUAL.risk_alpha,
    checkpoint: CheckpointFolder = SHIPPED,
    workers: Workers = 2,
    out: Out = RESULTS,
    json: JsonOption = None,
) -> None:
    """Play the same episodes with every way to weigh the imagined futures of a push."""
    check_choices(split, PlannerPolicy.name)
    names = kinds.split(',')
    sim, asked = SimConfig(objects=objects), load_task(task)
    base = ClearTablePlayers(PlannerPolicy.name, asked, sim, find_model(checkpoint))
    with quiet_stdout(json):
        console = Console(stderr=True)
        with bars(console) as progress:
            results = [
                replace(measure(
                    replace(base, sim=scenes(sim, part), task=replace(asked, planner=replace(
                        asked.planner, risk=name, risk_samples=samples, risk_alpha=alpha,
                    ))),
                    range(seed, seed + episodes), workers, False, progress, f'{part} {name}',
                ), policy=name)
                for part in SPLITS[split] for name in names
            ]
        document = to_document(results, {
            'task': Path(task).stem, 'over_ros': False, 'episodes': episodes, 'seed': seed,
            **counts(sim, split), 'risk_samples': samples, 'risk_alpha': alpha,
            'machine': machine(), 'command': command(),
            'checkpoint': str(checkpoint), 'prediction': scores(base.checkpoint),
            'paired': paired(results),
        })
        write_json(document, str(out / 'risk.json'))
        write_atomically(out / 'risk.md', page(document))
        if json is None:
            console.print(table(document))
    write_json(document, json)


def paired(results: list[PolicyResult]) -> dict[str, dict[str, dict[str, float]]]:
    """Compare every kind with `off` on the same seeds: all splits together, more is more."""
    episodes: dict[str, list[Any]] = {}
    for result in results:
        episodes.setdefault(result.policy, []).extend(result.episodes)
    if OFF not in episodes:
        return {}
    return {
        kind: {
            score: vars(paired_difference(
                [float(getattr(episode, score)) for episode in played],
                [float(getattr(episode, score)) for episode in episodes[OFF]],
            ))
            for score in ('success', 'dropped', 'pushes')
        }
        for kind, played in episodes.items() if kind != OFF
    }


def page(document: dict[str, Any]) -> str:
    """Return the results page."""
    lines = [
        'Each of the best candidates is imagined in '
        f'{document["risk_samples"]} futures, each with its own jitter of the push and its own '
        'value of the latent variable. `off`: jitter alone, as without a latent variable; `mean`: '
        f'the mean over futures; `cvar`: the mean over the costliest {document["risk_alpha"]:.0%};'
        ' `worst`: the costliest.', '',
        '| risk minus off, an episode | success | dropped objects | pushes |', '|---|---|---|---|',
    ]
    for kind, scores_of in document['paired'].items():
        cells = (
            f'{d["mean"]:+.3f} ({d["low"]:+.3f} to {d["high"]:+.3f})' for d in scores_of.values()
        )
        lines.append(f'| {kind} | ' + ' | '.join(cells) + ' |')
    lines += ['', 'Paired over the same seeds of all splits, bootstrap 95 %.', '']
    return to_markdown(document) + '\n' + '\n'.join(lines)
