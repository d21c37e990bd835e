"""How the learning rate moves in a training, by the name of its schedule."""

import math
from numbers import Real

import keras

from fidle_vae.common.validation import require_choice, require_count

RATE = 1e-3  # that of the constant schedule, Adam's default
PEAK = 3e-3
CLIMB = 0.1  # of all steps


def one_cycle(images, batch_size, epochs, peak=PEAK):
    """Give a learning rate that climbs to `peak`, then falls to zero as a cosine does.

    A high rate goes far in few steps, but keeps the weights jumping about the place that they
    ought to find; on the way to zero they come to rest there. The climb takes a tenth of all steps:
    at the very beginning Adam knows too little of the gradients for so high a rate. With
    `keras.optimizers.Adam(one_cycle(len(x_train), batch_size, epochs))` a VAE gets as far in a
    few epochs as by a constant rate in 10 (`python -m benchmarks.time_to_elbo`).

    The cycle fits the training it is made for: after its last epoch the rate is zero.

    Args:
        images: how many there are to train on.
        batch_size: how many of them in a step.
        epochs: times through the images.
        peak: the highest rate.

    Returns:
        A schedule, which any optimizer of Keras takes in the place of a number.
    """
    require_count("images", images, 60_000)
    require_count("batch_size", batch_size, 64)
    require_count("epochs", epochs, 10)
    if not (isinstance(peak, Real) and 0 < peak < math.inf):
        raise ValueError(f"peak must be a number above 0; got {peak!r}: try {PEAK:g}.")
    steps = epochs * math.ceil(images / batch_size)
    climb = math.ceil(CLIMB * steps)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        warmup_target=peak,
        warmup_steps=climb,
        decay_steps=max(1, steps - climb),
    )


def _constant(images, batch_size, epochs):
    return RATE


SCHEDULES = {"constant": _constant, "one_cycle": one_cycle}


def require_schedule(schedule):
    """Refuse a name of a schedule that is not known."""
    require_choice("schedule", schedule, SCHEDULES)
