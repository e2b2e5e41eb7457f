"""Resume state: everything a killed run needs to go on, in one file without pickle."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor
from torch.nn import Module
from torch.optim import Optimizer

from foresight.differences import differences, named
from foresight.errors import CheckpointError
from foresight.files import in_new_names, write_atomically
from foresight.learning.settings import RunConfig
from foresight.reading import damaged, parse_json
from foresight.world_model.checkpoint import Described
from foresight.world_model.tensor_file import fill, flat, read_tensor_file, under

FILE = 'resume.safetensors'
STATE = ('step', 'exp_avg', 'exp_avg_sq')
"""What AdamW keeps of each parameter."""
LATER = ('normalisation', 'scores', 'critic')  # Known only after a run.


def identity(config: Described) -> dict[str, Any]:
    """Describe what must not change between the two halves of a run."""
    described: dict[str, Any] = json.loads(json.dumps(asdict(config)))
    for name in LATER:
        described.pop(name, None)
    for name in ('threads', 'save_every', 'device'):
        described['train'].pop(name, None)
    return described


def same_run(kept: dict[str, Any], config: Described, usual: RunConfig) -> bool:
    """Tell whether two identities are of one run."""
    return not changes(kept, config, usual)


def changes(
    kept: dict[str, Any], config: Described, usual: RunConfig, free: Sequence[str] = (),
) -> list[str]:
    """Name what differs from a kept identity; what is newer than it must have its usual value.

    Args:
        kept: What was written.
        config: What is asked for.
        usual: Defaults of its settings.
        free: Settings of training that may differ.
    """
    defaults = identity(replace(type(config)(), train=asdict(usual), dataset=config.dataset))
    kept = {part: value for part, value in in_new_names(kept).items() if part not in LATER}
    for part, settings in defaults.items():
        if isinstance(settings, dict):
            kept = {**kept, part: {**settings, **kept.get(part, {})}}
    return [
        item for item in differences(kept, identity(config))
        if item.partition(' ')[0] not in {f'train.{name}' for name in free}
    ]


def write_state(folder: Path, step: int, learner: Module, optimizer: Optimizer,
                run: dict[str, Any]) -> None:
    """Write the state of any learner after `step` steps; `run` says which run it is."""
    tensors = flat({'learner': learner})
    for index, state in optimizer.state_dict()['state'].items():
        for name, value in state.items():
            tensors[f'optimizer.{index}.{name}'] = value.detach().cpu().contiguous()
    metadata = {'step': str(step), 'identity': json.dumps(run)}
    write_atomically(folder / FILE, save(tensors, metadata))


def read_state(folder: Path, learner: Module, optimizer: Optimizer,
               differing: Callable[[dict[str, Any]], list[str]]) -> int:
    """Restore the state of any learner and return its steps; 0 if there is none.

    Raises:
        CheckpointError: If the state is damaged, or of another run, as `differing` finds.
    """
    path = folder / FILE
    if not path.exists():
        return 0
    with damaged(path, 'delete it to start anew', CheckpointError):
        tensors, words = read_tensor_file(path)
        others = differing(parse_json(words['identity']))
    if others:
        raise CheckpointError(
            f'{path} belongs to other settings or data ({named(others)}): give another --out, or '
            'delete it'
        )
    with damaged(path, 'delete it to start anew', CheckpointError):
        step = int(words['step'])
        fill('learner', learner, tensors, path)
        _restore_optimizer(optimizer, under('optimizer', tensors))
    return step


def _restore_optimizer(optimizer: Optimizer, tensors: dict[str, Tensor]) -> None:
    parameters = [item for group in optimizer.param_groups for item in group['params']]
    state: dict[int, dict[str, Any]] = {}
    for key, value in tensors.items():
        index, name = key.split('.')
        # The fused step walks memory: moments must have the strides of their parameter.
        like = parameters[int(index)] if value.dim() else value
        if name not in STATE or like.shape != value.shape or value.dtype != torch.float32:
            raise ValueError(f'no state of an optimiser: {key}')
        state.setdefault(int(index), {})[name] = torch.empty_like(like).detach().copy_(value)
    optimizer.load_state_dict({**optimizer.state_dict(), 'state': state})
