"""Video predictor: what was seen so far to the latents of the next few frames, without actions."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor, nn
from torch.nn import functional

from foresight.settings import Checked, SceneConfig, setting
from foresight.world_model.encoder import Encoder, EncoderConfig, Features, ResidualBlock, zero
from foresight.world_model.precision import mixed
from foresight.world_model.scene_map import draw_scene


@dataclass(frozen=True)
class VideoConfig(Checked):
    """Video predictor: what was seen to the latents of the next frames, without actions."""

    context: int = setting(8, 'frames it watches before its first prediction is judged', '', 1, 64)
    horizon: int = setting(3, 'frames it looks ahead', '', 1, 16)
    width: int = setting(64, 'channels of the memory and the residual blocks', '', 8, 512)
    blocks: int = setting(2, 'residual blocks behind the memory', '', 1, 16)
    view_x: tuple[float, float] = setting((0.175, 0.775), 'rectified view along x', 'm')
    view_y: tuple[float, float] = setting((-0.50, 0.40), 'rectified view along y', 'm')

    def scene(self, scene: SceneConfig) -> SceneConfig:
        """Return a scene with the view of this predictor."""
        return replace(scene, view_x=self.view_x, view_y=self.view_y)


SCENE_CHANNELS = 2  # Table and bin.
# A cell must keep the shape of what is in it, not only that something is.
VIDEO_ENCODER = EncoderConfig(channels=24, width=32)
SLOWEST, FASTEST = -3.0, 1.0  # First biases of the update gate: from 20 frames down to one.


class ConvGru(nn.Module):
    """One layer whose state has the shape of its input.

    The update gates begin with many time scales, so that some cells of the state remember from
    the start.

    References:
        Ballas et al., Delving deeper into convolutional networks for learning video
        representations, arXiv:1511.06432, equations 5 to 8. Tallec and Ollivier, Can recurrent
        neural networks warp time?, arXiv:1804.11188: biases of the gates.
    """

    def __init__(self, channels: int) -> None:
        """Build the layer; input and state have as many channels."""
        super().__init__()
        self.gates = nn.Conv2d(2 * channels, 2 * channels, 3, padding=1)
        self.candidate = nn.Conv2d(2 * channels, channels, 3, padding=1)
        with torch.no_grad():
            assert self.gates.bias is not None
            self.gates.bias[:channels] = torch.linspace(SLOWEST, FASTEST, channels)

    def forward(self, features: Features, state: Features) -> Features:
        """Return the next state."""
        gates = torch.sigmoid(self.gates(torch.cat([features, state], dim=1)))
        update, reset = gates.chunk(2, dim=1)
        candidate = torch.tanh(self.candidate(torch.cat([features, reset * state], dim=1)))
        return torch.lerp(state, candidate, update)


class VideoPredictor(nn.Module):
    """Recurrent network on the latent grid; it starts as "nothing moves".

    Its state carries what is hidden now, moved on frame by frame, until it shows again. It
    predicts every frame of its horizon at once: one frame ahead hardly asks for a memory.

    References:
        Bardes et al., V-JEPA, arXiv:2404.08471: prediction of latents of unseen frames.
    """

    def __init__(self, encoder: EncoderConfig, config: VideoConfig) -> None:
        """Build the network."""
        super().__init__()
        channels, width, self.horizon = encoder.channels, config.width, config.horizon
        self.inlet = nn.Conv2d(2 * channels + SCENE_CHANNELS, width, 3, padding=1)
        self.memory = ConvGru(width)
        self.junction = nn.Conv2d(2 * width, width, 1)
        self.blocks = nn.Sequential(*(ResidualBlock(width) for _ in range(config.blocks)))
        self.outlet = nn.Conv2d(width, config.horizon * channels, 3, padding=1)
        self.unseen = nn.Parameter(torch.zeros(channels))
        zero(self.outlet)

    def forward(
        self, latents: Float[Tensor, 'batch frame channel height width'],
        scene: Float[Tensor, 'batch 2 height width'], first: int,
        hidden: Bool[Tensor, 'batch frame height width'] | None = None,
    ) -> Float[Tensor, 'batch window horizon channel height width']:
        """Predict the next frames from each moment on whose future is inside the clip.

        Args:
            latents: Latents of a clip.
            scene: Share of each cell that is table, and that is bin.
            first: Frames to watch before the first prediction.
            hidden: Cells that it does not get to see.
        """
        moments = latents.shape[1] - self.horizon
        last = latents[:, first - 1:moments, None]
        if hidden is not None:
            unseen = self.unseen.to(latents.dtype)[:, None, None]
            latents = torch.where(hidden[:, :, None], unseen, latents)
        features = self._watch(latents[:, :moments], scene)[:, first - 1:]
        shape = features.shape[:2]
        joined = self.blocks(functional.relu_(self.junction(features.flatten(0, 1))))
        change: Tensor = self.outlet(joined).float()
        return last + change.reshape(*shape, self.horizon, *latents.shape[2:])

    def _watch(self, latents: Tensor, scene: Tensor) -> Float[Tensor, 'batch frame feature h w']:
        """Return what is seen and what is remembered in each frame."""
        before = torch.cat([latents[:, :1], latents[:, :-1]], dim=1)
        table = scene[:, None].expand(-1, latents.shape[1], -1, -1, -1)
        joined = torch.cat([latents, latents - before, table], dim=2)
        seen = functional.relu_(self.inlet(joined.flatten(0, 1)))
        seen = seen.reshape(*latents.shape[:2], *seen.shape[1:])  # batch frame feature h w
        state, states = torch.zeros_like(seen[:, 0]), []
        for frame in seen.unbind(dim=1):
            state = self.memory(frame, state)
            states.append(state)
        return torch.cat([seen, torch.stack(states, dim=1)], dim=2)


class VideoJepa(nn.Module):
    """Joint-embedding predictive model of video: it has watched and never acted.

    References:
        Garrido et al., Intuitive physics understanding emerges from self-supervised pretraining
        on natural videos, arXiv:2502.11831: surprise as latent prediction error.
    """

    def __init__(self, encoder: EncoderConfig, config: VideoConfig) -> None:
        """Build untrained networks."""
        super().__init__()
        self.encoder_config, self.config = encoder, config
        self.encoder = Encoder(encoder)
        self.predictor = VideoPredictor(encoder, config)
        table = draw_scene(config.scene(SceneConfig()), encoder.grid)
        self.register_buffer('scene_map', table, persistent=False)
        self.scene_map: Tensor
        self.bf16 = True
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def prepare(
        self, frames: Shaped[Tensor, 'batch frame row column 3'],
        backgrounds: Shaped[Tensor, 'batch row column 3'],
    ) -> Float[Tensor, 'batch frame feature height width']:
        """Turn rectified frames (grey levels 0 to 255) into what the encoder reads."""
        batch, count = frames.shape[:2]
        empty = backgrounds.repeat_interleave(count, dim=0)
        prepared = self.encoder.prepare(frames.flatten(0, 1), empty)
        return prepared.reshape(batch, count, *prepared.shape[1:])

    def encode(
        self, inputs: Float[Tensor, 'batch frame feature height width'],
    ) -> Float[Tensor, 'batch frame channel height width']:
        """Encode what `prepare` returned."""
        with mixed(self.scene_map.device, self.bf16):
            latents: Tensor = self.encoder(inputs.flatten(0, 1))
        return latents.reshape(*inputs.shape[:2], *latents.shape[1:])

    def predict(
        self, latents: Float[Tensor, 'batch frame channel height width'],
        scene: Float[Tensor, 'batch 2 height width'] | None = None, first: int | None = None,
        hidden: Bool[Tensor, 'batch frame height width'] | None = None,
    ) -> Float[Tensor, 'batch window horizon channel height width']:
        """Predict the frames after every moment whose future is inside, laid out as `futures`.

        Args:
            latents: Latents of a clip.
            scene: Table and bin, if the clip does not show the whole view.
            first: Frames to watch before the first prediction; else `context` of the settings.
            hidden: Cells that the predictor does not get to see.
        """
        table = self.scene_map.expand(len(latents), -1, -1, -1) if scene is None else scene
        with mixed(self.scene_map.device, self.bf16):
            future: Tensor = self.predictor(latents, table, first or self.config.context, hidden)
        return future


def futures(latents: Float[Tensor, 'batch frame *latent'], context: int,
            horizon: int) -> Float[Tensor, 'batch window horizon *latent']:
    """Return what really came after each moment from frame `context` on, `horizon` frames each."""
    windows = latents.shape[1] - context - horizon + 1
    return torch.stack(
        [latents[:, context + i:context + i + horizon] for i in range(windows)], dim=1,
    )
