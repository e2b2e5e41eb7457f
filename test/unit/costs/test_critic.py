import torch

from foresight.costs.critic import Critic, ExpectedCost


def critic():
    torch.manual_seed(0)
    made = Critic(4, torch.zeros(2, 16, 24), width=8)
    torch.nn.init.normal_(made.layers[-1].weight)
    return made


def latents(seed=0):
    return torch.randn(3, 4, 16, 24, generator=torch.Generator().manual_seed(seed))


def test_an_untrained_critic_expects_nothing():
    assert torch.equal(Critic(4, torch.zeros(2, 16, 24), width=8)(latents()), torch.zeros(3))


def test_two_objects_far_apart_cost_the_sum_of_both():
    one, other = torch.zeros(1, 4, 16, 24), torch.zeros(1, 4, 16, 24)
    one[:, :, 3, 3] = 2.0
    other[:, :, 12, 20] = 2.0
    made = critic()
    empty = made(torch.zeros(1, 4, 16, 24))
    both = made(one + other) - empty
    torch.testing.assert_close(both, made(one) + made(other) - 2 * empty, atol=1e-4, rtol=1e-4)


def test_the_term_reports_what_the_network_says():
    made = critic().requires_grad_(False)
    torch.testing.assert_close(ExpectedCost(made).score(latents()), made(latents()))
