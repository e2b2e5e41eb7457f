"""Checkpoints: tensors as safetensors, everything else as JSON; nothing is ever unpickled."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from foresight.errors import CheckpointError, ConfigError
from foresight.files import find_model, sha256, write_atomically
from foresight.macro_action import ActionConfig, ForeseenAction, MacroAction, with_action
from foresight.reading import DAMAGE, reason
from foresight.reading import read_json as read_any_json
from foresight.settings import SceneConfig, changed
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.jepa import Jepa
from foresight.world_model.precision import pick_device
from foresight.world_model.predictors.task import PredictorConfig
from foresight.world_model.predictors.video import VIDEO_ENCODER, VideoConfig, VideoJepa
from foresight.world_model.tensor_file import fill, flat, read_tensors

FORMAT = 1
MakeAction = Callable[[ActionConfig, SceneConfig], ForeseenAction]
TENSORS, CONFIG = 'world_model.safetensors', 'config.json'
ModuleType = TypeVar('ModuleType', bound=nn.Module)
ConfigType = TypeVar('ConfigType', bound='Described')


@dataclass(frozen=True, kw_only=True)
class Described:
    """What every checkpoint knows about itself.

    Attributes:
        train: How it was trained, as learning wrote it; it may hold what this version lacks.
        dataset: Hash of the training data.
        scores: Held-out scores by name.
    """

    remedy: ClassVar[str]
    train: Mapping[str, Any] = field(default_factory=dict)
    dataset: str = ''
    scores: Mapping[str, float] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def bf16(self) -> bool:
        """Whether its networks learned in bfloat16, and run in it."""
        return bool(self.train.get('bf16', True))


@dataclass(frozen=True)
class CheckpointConfig(Described):
    """What a checkpoint of the world model knows about itself.

    Attributes:
        normalisation: Measured scales by name, such as `surprise`.
        critic: How the critic was trained, if there is one.
        environment: Settings of the environment that it knows; none = a table with an arm.
    """

    remedy: ClassVar[str] = 'use the version that made it, or train again'
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    predictor: PredictorConfig = field(default_factory=PredictorConfig)
    scene: SceneConfig = field(default_factory=SceneConfig)
    action: ActionConfig = field(default_factory=ActionConfig)
    normalisation: Mapping[str, float] = field(default_factory=dict)
    critic: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class VideoCheckpointConfig(Described):
    """What a checkpoint of the video predictor knows about itself."""

    remedy: ClassVar[str] = 'give --checkpoint a folder that `foresight train video` wrote'
    encoder: EncoderConfig = VIDEO_ENCODER
    video: VideoConfig = field(default_factory=VideoConfig)


@dataclass(frozen=True)
class Checkpoint:
    """A loaded checkpoint of the world model, which is ready to run.

    Attributes:
        foreseen: Action that the model foresees.
        tensors: Tensors of the other modules, by `module.tensor`.
    """

    model: Jepa
    config: CheckpointConfig
    foreseen: ForeseenAction
    tensors: Mapping[str, Tensor] = field(repr=False)
    folder: Path

    @property
    def action(self) -> MacroAction:
        """Macro-action that the model foresees; CheckpointError if no arm does what it does."""
        if isinstance(self.foreseen, MacroAction):
            return self.foreseen
        raise CheckpointError(
            f'{self.folder} foresees the environment {self.config.environment.get("env")!r}, no '
            'arm: use `foresight experiment environment`, or give another --checkpoint'
        )

    def fill(self, name: str, module: ModuleType) -> ModuleType:
        """Load another module of the checkpoint, such as `cost_head`, and move it to the model.

        Raises:
            CheckpointError: If the checkpoint has no such module, or of another shape.
        """
        fill(name, module, self.tensors, self.folder)
        return module.to(self.model.device).eval()


def save(folder: Path, modules: Mapping[str, nn.Module], config: Described) -> None:
    """Write a checkpoint; `load` returns its module `world_model`, `load_video` its `video`.

    The tensors go first and their hash stands in the JSON: a write that is cut off is noticed.
    """
    _write(folder, flat(modules), config)


def write(checkpoint: Checkpoint, folder: Path) -> None:
    """Write a checkpoint with every module that it has."""
    _write(folder, checkpoint.tensors, checkpoint.config)


def joined(checkpoint: Checkpoint, modules: Mapping[str, nn.Module],
           config: CheckpointConfig) -> Checkpoint:
    """Return a checkpoint with more modules, in memory only; one of the same name is replaced."""
    kept = {
        key: value for key, value in checkpoint.tensors.items()
        if key.partition('.')[0] not in modules
    }
    return replace(checkpoint, tensors={**kept, **flat(modules)}, config=config)


def digest(checkpoint: Checkpoint) -> str:
    """Return the hash of a checkpoint's tensors."""
    return sha256(save_tensors(dict(checkpoint.tensors)))


def _write(folder: Path, tensors: Mapping[str, Tensor], config: Described) -> None:
    blob = save_tensors(dict(tensors))
    described = {'tensors': sha256(blob), **asdict(config)}
    write_atomically(folder / TENSORS, blob)
    write_atomically(folder / CONFIG, json.dumps(described, indent=2) + '\n')


def load(
    folder: Path | str, device: str, make_action: MakeAction, scene: SceneConfig | None = None,
) -> Checkpoint:
    """Load a world model; `actions.loading` knows every macro-action that can be made.

    Raises:
        CheckpointError: If a file is missing, damaged, or of another configuration or view.
    """
    config, tensors = _read(CheckpointConfig, folder := find_model(folder))
    if scene is not None:
        config = _at(config, scene, folder)
    try:
        action = make_action(config.action, config.scene)
    except ConfigError as error:
        raise CheckpointError(f'{folder / CONFIG}: {error}') from error
    model = Jepa(config.encoder, config.predictor, action.raster(config.encoder.grid))
    model.bf16 = config.bf16
    ready = _ready('world_model', model, tensors, folder, device)
    return Checkpoint(ready, config, action, tensors, folder)


def _at(config: CheckpointConfig, scene: SceneConfig, folder: Path) -> CheckpointConfig:
    """Return what a checkpoint knows, at another table: its networks read the table as a map."""
    for name in ('view_x', 'view_y'):
        here, there = getattr(scene, name), getattr(config.scene, name)
        if here != there:
            raise CheckpointError(
                f'{folder} sees {name} = {there} m, not {here}: describe the table in that view'
            )
    return replace(config, scene=scene)


def load_video(folder: Path | str,
               device: str = 'auto') -> tuple[VideoJepa, VideoCheckpointConfig]:
    """Load a video predictor; see `load`."""
    config, tensors = _read(VideoCheckpointConfig, folder := find_model(folder))
    model = VideoJepa(config.encoder, config.video)
    model.bf16 = config.bf16
    return _ready('video', model, tensors, folder, device), config


def read_json(path: Path) -> dict[str, Any]:
    """Read what a checkpoint knows about itself.

    Raises:
        CheckpointError: If it cannot be read or is of another format.
    """
    try:
        described = read_any_json(path)
    except OSError as error:
        raise CheckpointError(
            f'{path} cannot be read: give --checkpoint a folder that `foresight train '
            'world-model` wrote'
        ) from error
    except ValueError as error:
        raise CheckpointError(
            f'{path} is damaged ({error}): copy or train the checkpoint again'
        ) from error
    if not isinstance(described, dict) or described.get('format') != FORMAT:
        raise CheckpointError(f'{path} is not of format {FORMAT}: train with this version')
    return described


def _read(kind: type[ConfigType], folder: Path) -> tuple[ConfigType, dict[str, Tensor]]:
    """Read what a checkpoint of some kind knows about itself, and its tensors."""
    described = with_action(read_json(folder / CONFIG))
    digest = str(described.pop('tensors', ''))
    try:
        config = _built(kind, described)
    except (*DAMAGE, ConfigError) as error:
        raise CheckpointError(
            f'{folder / CONFIG} does not fit this version ({reason(error)}): {kind.remedy}'
        ) from error
    return config, read_tensors(folder / TENSORS, digest)


def _built(kind: type[ConfigType], described: dict[str, Any]) -> ConfigType:
    """Make a configuration, each part of which is of the type of its default."""
    usual = kind()
    for item in fields(kind):
        default = getattr(usual, item.name)
        if is_dataclass(default):
            described[item.name] = changed(
                type(default)(), described[item.name], item.name,  # type: ignore[misc]
            )
        elif not isinstance(described.get(item.name, default), type(default)):
            raise TypeError(f'{item.name} = {described[item.name]!r}')
    return kind(**described)


def _ready(name: str, model: ModuleType, tensors: Mapping[str, Tensor], folder: Path,
           device: str) -> ModuleType:
    """Fill a model, and make it ready to run."""
    fill(name, model, tensors, folder)
    return model.to(pick_device(device)).eval().requires_grad_(False)
