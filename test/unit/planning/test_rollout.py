import torch

from foresight.planning.rollout import roll_out, share_beginnings


class Bent:
    """Depends on the order of the actions; counts what it is asked for."""

    def __init__(self):
        self.asked = 0

    def predict(self, latents, actions):
        self.asked += len(latents)
        return (latents + actions.reshape(latents.shape)).sin()


def sequences(count=16, horizon=3):
    return torch.randn(count, horizon, 2, generator=torch.Generator().manual_seed(0))


def test_neighbours_share_their_first_actions_and_never_the_last():
    tree = share_beginnings(sequences(), 2)
    distinct = [len(torch.unique(tree[:, : step + 1], dim=0)) for step in range(3)]
    assert distinct == [4, 8, 16]
    assert torch.equal(tree[:, -1], sequences()[:, -1])


def test_one_branch_leaves_every_sequence_as_it_is():
    assert torch.equal(share_beginnings(sequences(), 1), sequences())
    assert torch.equal(share_beginnings(sequences(horizon=1), 4), sequences(horizon=1))


def test_a_count_that_is_no_multiple_is_fine():
    assert share_beginnings(sequences(count=7), 4).shape == (7, 3, 2)


def test_shared_beginnings_are_imagined_once_and_the_same():
    tree, latent = share_beginnings(sequences(), 2), torch.zeros(2, 1, 1)
    plain, shared = Bent(), Bent()
    expected = roll_out(plain, latent, tree)
    imagined = roll_out(shared, latent, tree, branched=True)
    assert torch.equal(imagined.latents, expected.latents)
    assert (plain.asked, shared.asked) == (48, 4 + 8 + 16)


def test_sequences_that_share_nothing_are_imagined_as_ever():
    latent = torch.zeros(2, 1, 1)
    expected = roll_out(Bent(), latent, sequences())
    imagined = roll_out(Bent(), latent, sequences(), branched=True)
    assert torch.equal(imagined.latents, expected.latents)
