"""Schedules of the learning rate, by name."""

import math
from numbers import Real

import keras

from fidle_vae.common.validation import require_choice, require_count

RATE = 1e-3  # of the constant schedule; Adam's default
PEAK = 3e-3
CLIMB = 0.1  # of all steps


def one_cycle(images, batch_size, epochs, peak=PEAK):
    """Return a learning-rate schedule that climbs to `peak`, then falls to zero along a cosine.

    A high rate makes fast progress, but keeps the weights jumping around the optimum; as the rate
    falls to zero, they settle there. The climb takes a tenth of all steps, because at the very
    start Adam knows too little about the gradients for so high a rate. With
    `keras.optimizers.Adam(one_cycle(len(x_train), batch_size, epochs))` a VAE gets as far in a
    few epochs as with a constant rate in 10 (`python -m benchmarks.time_to_elbo`).

    The schedule is made for one training: after its last epoch the rate is zero.

    Args:
        images: number of training images.
        batch_size: images per step.
        epochs: number of passes over the images.
        peak: the highest rate.

    Returns:
        A schedule, which any Keras optimizer accepts as its learning rate.
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
    """Raise ValueError if `schedule` is not the name of a schedule."""
    require_choice("schedule", schedule, SCHEDULES)
