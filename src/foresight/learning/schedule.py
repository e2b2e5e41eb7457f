"""Learning rate over the steps of a run."""

import math


def learning_rate(step: int, steps: int, peak: float, warmup: float) -> float:
    """Rise linearly, then fall along a cosine to a hundredth of the peak.

    Args:
        step: Step that is about to run, from 0.
        steps: Steps of the whole run.
        peak: Largest learning rate.
        warmup: Share of the steps in which it rises.
    """
    rising = max(1, round(warmup * steps))
    if step < rising:
        return peak * (step + 1) / rising
    done = (step - rising) / max(1, steps - rising)
    return peak * (0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * min(1.0, done))))
