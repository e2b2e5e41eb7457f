import pytest
import torch

from foresight.world_model.decoder import Decoder, reconstruction_loss
from foresight.world_model.encoder import Encoder, EncoderConfig

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
