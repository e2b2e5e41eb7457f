"""Play at sites drawn at random, another one each episode."""

from dataclasses import replace

import numpy as np

from foresight.closing import Closing
from foresight.data.episodes import Episode
from foresight.rollout.play import Collector, PlayConfig
from foresight.sim.camera_effects import EFFECTS, NONE
from foresight.sim.sites import sample_site

SEEN_THROUGH = 2  # Random stream of a site, for the effect of its camera.


class SiteCollector(Closing):
    """Plays each episode at a site drawn at random."""

    def __init__(self, config: PlayConfig) -> None:
        """Keep what play looks like, wherever it is."""
        self._config = config

    def play(self, seed: int) -> Episode:
        """Play one episode; the seed decides the site, the scene and every action."""
        with Collector(at_site(self._config, seed)) as collector:
            return collector.play(seed)

    def close(self) -> None:
        """Do nothing: nothing is kept between episodes."""


def at_site(config: PlayConfig, seed: int) -> PlayConfig:
    """Return what play looks like at the site of an episode: one of `sites`."""
    play = config.collect
    number = seed % play.sites
    site, draws = sample_site(number), np.random.default_rng([number, SEEN_THROUGH])
    through = draws.random() < play.seen_through
    effect = str(draws.choice(tuple(EFFECTS))) if through else NONE
    return replace(
        config, sim=site.sim, scene=site.scene, camera=replace(site.camera, effect=effect),
    )
