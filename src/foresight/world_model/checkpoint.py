"""Checkpoints: tensors as safetensors, everything else as JSON; nothing is ever unpickled."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from foresight.errors import CheckpointError
from foresight.files import sha256, write_atomically
from foresight.settings import CriticConfig, PushConfig, SceneConfig, TrainConfig
from foresight.world_model.description import parse
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.jepa import Jepa
from foresight.world_model.precision import pick_device
from foresight.world_model.predictors.task import PredictorConfig

FORMAT = 1
TENSORS, CONFIG = 'world_model.safetensors', 'config.json'
ModuleType = TypeVar('ModuleType', bound=nn.Module)


@dataclass(frozen=True)
class CheckpointConfig:
    """What a checkpoint knows about itself.

    Attributes:
        encoder: Shape of images and latents.
        predictor: Size of the task predictor.
        scene: Table, bin and rectified view it was trained on.
        push: Bounds of the macro-action it was trained on.
        train: How it was trained.
        normalisation: Measured scales by name, such as `surprise`.
        dataset: Hash of the training data.
        scores: Held-out scores by name.
        format: Version of the layout.
        critic: How the critic was trained, if there is one.
    """

    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    predictor: PredictorConfig = field(default_factory=PredictorConfig)
    scene: SceneConfig = field(default_factory=SceneConfig)
    push: PushConfig = field(default_factory=PushConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    normalisation: dict[str, float] = field(default_factory=dict)
    dataset: str = ''
    scores: dict[str, float] = field(default_factory=dict)
    format: int = FORMAT
    critic: CriticConfig = field(default_factory=CriticConfig)


@dataclass(frozen=True)
class Checkpoint:
    """A loaded checkpoint.

    Attributes:
        model: World model, ready to run.
        config: What the checkpoint knows about itself.
        tensors: Tensors of the other modules, by `module.tensor`.
        folder: Where it came from.
    """

    model: Jepa
    config: CheckpointConfig
    tensors: Mapping[str, Tensor] = field(repr=False)
    folder: Path

    def fill(self, name: str, module: ModuleType) -> ModuleType:
        """Load another module of the checkpoint, such as `cost_head`, and move it to the model.

        Raises:
            CheckpointError: If the checkpoint has no such module, or of another shape.
        """
        fill_module(name, module, self.tensors, self.folder)
        return module.to(self.model.device).eval()


def save(folder: Path, modules: Mapping[str, nn.Module], config: Any) -> None:
    """Write a checkpoint.

    The tensors go first and their hash stands in the JSON: a write that is cut off is noticed.

    Args:
        folder: Folder to write into.
        modules: Modules by name; `world_model` is the one `load` returns.
        config: What the checkpoint should know about itself, a dataclass.
    """
    _write(folder, _flat(modules), config)


def extend(
    checkpoint: Checkpoint, modules: Mapping[str, nn.Module], config: CheckpointConfig,
    folder: Path,
) -> Checkpoint:
    """Write a checkpoint with more modules than it had; all others stay as they are.

    Args:
        checkpoint: What is there.
        modules: Modules by name; one of the same name is replaced.
        config: What the new checkpoint should know about itself.
        folder: Folder to write into.
    """
    extended = joined(checkpoint, modules, config)
    _write(folder, extended.tensors, config)
    return replace(extended, folder=folder)


def joined(
    checkpoint: Checkpoint, modules: Mapping[str, nn.Module], config: CheckpointConfig,
) -> Checkpoint:
    """Return a checkpoint with more modules, in memory only."""
    kept = {
        key: value for key, value in checkpoint.tensors.items()
        if key.partition('.')[0] not in modules
    }
    return replace(checkpoint, tensors={**kept, **_flat(modules)}, config=config)


def digest(checkpoint: Checkpoint) -> str:
    """Return the hash of a checkpoint's tensors."""
    return sha256(save_tensors(dict(checkpoint.tensors)))


def _flat(modules: Mapping[str, nn.Module]) -> dict[str, Tensor]:
    """Name every tensor `module.tensor`."""
    return {
        f'{name}.{key}': value.detach().cpu().contiguous()
        for name, module in modules.items() for key, value in module.state_dict().items()
    }


def _write(folder: Path, tensors: Mapping[str, Tensor], config: Any) -> None:
    blob = save_tensors(dict(tensors))
    described = {'tensors': sha256(blob), **asdict(config)}
    write_atomically(folder / TENSORS, blob)
    write_atomically(folder / CONFIG, json.dumps(described, indent=2) + '\n')


def load(folder: Path | str, device: str = 'auto') -> Checkpoint:
    """Load a checkpoint.

    Args:
        folder: Folder that `save` wrote.
        device: auto, cpu or cuda.

    Raises:
        CheckpointError: If a file is missing, damaged, or of another configuration.
    """
    folder = Path(folder)
    described = read_json(folder / CONFIG)
    config = _config(described, folder)
    tensors = read_tensors(folder / TENSORS, str(described.get('tensors')))
    model = Jepa(config.encoder, config.predictor, config.scene, config.push)
    fill_module('world_model', model, tensors, folder)
    model.bf16 = config.train.bf16
    model.to(pick_device(device)).eval().requires_grad_(False)
    return Checkpoint(model=model, config=config, tensors=tensors, folder=folder)


def check_scene(checkpoint: Checkpoint, scene: SceneConfig) -> None:
    """Refuse a checkpoint that was trained on another table.

    Raises:
        CheckpointError: If a number of the scene differs.
    """
    for item in fields(scene):
        here, there = getattr(scene, item.name), getattr(checkpoint.config.scene, item.name)
        if here != there:
            raise CheckpointError(
                f'{checkpoint.folder} was trained with SceneConfig.{item.name} = {there}, not '
                f'{here}: use that value, or collect and train for this scene'
            )


def read_json(path: Path) -> dict[str, Any]:
    """Read what a checkpoint knows about itself.

    Raises:
        CheckpointError: If it cannot be read or is of another format.
    """
    try:
        described = json.loads(path.read_text())
    except OSError as error:
        raise CheckpointError(
            f'{path} cannot be read: give --checkpoint a folder that `foresight train` wrote'
        ) from error
    except ValueError as error:
        raise CheckpointError(f'{path} is damaged: copy or train the checkpoint again') from error
    if not isinstance(described, dict) or described.get('format') != FORMAT:
        raise CheckpointError(f'{path} is not of format {FORMAT}: train with this version')
    return described


def read_tensors(path: Path, digest: str) -> dict[str, Tensor]:
    """Read all tensors of a checkpoint, whose file must have the hash `digest`.

    Raises:
        CheckpointError: If the file is missing, damaged or holds a number that is not finite.
    """
    try:
        blob = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f'{path} is missing: copy the whole checkpoint folder') from error
    if sha256(blob) != digest:
        raise CheckpointError(
            f'{path} ({len(blob)} bytes) is not the file that {CONFIG} describes: it is damaged '
            'or cut off, copy the checkpoint again or run the same `foresight train` again'
        )
    try:
        tensors = load_tensors(blob)
    except SafetensorError as error:
        raise CheckpointError(f'{path} is no safetensors file: copy it again') from error
    for key, value in tensors.items():
        if not bool(torch.isfinite(value).all()):
            raise CheckpointError(f'{path}: {key} is not finite: train again, with a lower rate')
    return tensors


def _config(described: dict[str, Any], folder: Path) -> CheckpointConfig:
    parts = {
        'encoder': EncoderConfig, 'predictor': PredictorConfig, 'scene': SceneConfig,
        'push': PushConfig, 'train': TrainConfig, 'critic': CriticConfig,
    }
    described = {'critic': {}, **described}  # Newer than the first checkpoints.
    return parse(
        CheckpointConfig, parts, described, f'{folder / CONFIG} does not fit this version',
        'use the version that made it, or train again',
    )


def fill_module(
    name: str, module: nn.Module, tensors: Mapping[str, Tensor], folder: Path,
) -> None:
    """Load the tensors of one module; every name and shape must match."""
    found = {
        key.removeprefix(f'{name}.'): value
        for key, value in tensors.items() if key.startswith(f'{name}.')
    }
    wanted = module.state_dict()
    for key in sorted(wanted.keys() | found.keys()):
        if key not in found or key not in wanted:
            problem = 'has no' if key not in found else 'has an unknown'
            raise CheckpointError(f'{folder} {problem} tensor {name}.{key}: train again')
        if found[key].shape != wanted[key].shape:
            raise CheckpointError(
                f'{folder}: {name}.{key} is {tuple(found[key].shape)}, this configuration needs '
                f'{tuple(wanted[key].shape)}: train again or restore its {CONFIG}'
            )
    module.load_state_dict(found)
