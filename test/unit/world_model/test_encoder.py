import pytest
import torch

from foresight.errors import ConfigError
from foresight.world_model.encoder import (
    Decoder,
    Encoder,
    EncoderConfig,
    ResidualBlock,
    reconstruction_loss,
)

EMPTY = torch.full((1, 64, 96, 3), 120, dtype=torch.uint8)


def encode(encoder: Encoder, image: torch.Tensor, background: torch.Tensor) -> torch.Tensor:
    """Prepare and encode one image."""
    return encoder(encoder.prepare(image, background))


def test_latent_has_the_grid_of_the_config():
    config = EncoderConfig(stride=8, channels=12)
    latent = encode(Encoder(config), EMPTY, EMPTY)
    assert latent.shape == (1, 12, *config.grid)


def test_every_cell_has_unit_scale():
    image = torch.randint(0, 256, EMPTY.shape, generator=torch.Generator().manual_seed(0))
    latent = encode(Encoder(EncoderConfig()), image.to(torch.uint8), EMPTY)
    torch.testing.assert_close(latent.mean(dim=1), torch.zeros(1, 16, 24), atol=1e-5, rtol=0.0)
    assert latent.var(dim=1, unbiased=False).min() > 0.9


def test_table_colour_does_not_reach_the_latent():
    encoder, other = Encoder(EncoderConfig()), EMPTY + 50
    image, moved = EMPTY.clone(), other.clone()
    image[:, 20:24, 30:34] += 40
    moved[:, 20:24, 30:34] += 40
    assert torch.equal(encode(encoder, image, EMPTY), encode(encoder, moved, other))


def test_image_itself_is_seen_when_asked():
    encoder = Encoder(EncoderConfig(use_image=True))
    other = EMPTY + 50
    assert not torch.allclose(encode(encoder, EMPTY, EMPTY), encode(encoder, other, other))


@pytest.mark.parametrize('changes', [{'columns': 100}, {'rows': 60}])
def test_shapes_that_do_not_fit_are_refused(changes):
    with pytest.raises(ConfigError, match='choose'):
        Encoder(EncoderConfig(**changes))


def test_residual_block_starts_as_the_identity():
    features = torch.rand(2, 8, 4, 6)
    assert torch.equal(ResidualBlock(8)(features.clone()), features)


SMALL = EncoderConfig(rows=16, columns=16, width=16)


def test_decoder_draws_the_prepared_image():
    latents = torch.zeros(2, SMALL.channels, *SMALL.grid)
    assert Decoder(SMALL)(latents).shape == (2, Encoder.features(SMALL), *SMALL.grid)


def test_an_empty_table_drawn_everywhere_costs_one_and_the_truth_nothing():
    inputs = torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    assert reconstruction_loss(torch.zeros_like(inputs), inputs) == pytest.approx(1.0)
    assert reconstruction_loss(inputs, inputs) == 0.0


def test_encoder_and_decoder_learn_to_draw_patches():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        encoder, decoder = Encoder(SMALL), Decoder(SMALL)
    inputs = torch.randn(
        8, Encoder.features(SMALL), *SMALL.grid, generator=torch.Generator().manual_seed(1))
    inputs[:, 6:] = inputs[:, :6].repeat(1, 7, 1, 1)  # six numbers a cell fit into its latent
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 1e-2)
    for _ in range(60):
        optimizer.zero_grad()
        loss = reconstruction_loss(decoder(encoder(inputs)), inputs)
        loss.backward()
        optimizer.step()
    assert loss < 0.5
