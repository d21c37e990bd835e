"""Recipes to train the course's network, compared by `python -m benchmarks.time_to_elbo`.

A recipe is a function of the number of images and of epochs. It returns a compiled model and the
batch size.
"""

import keras

from benchmarks.contenders import course_2023
from benchmarks.contenders.ours import networks
from fidle_vae.models.vae import VAE
from fidle_vae.training.schedules import one_cycle


def course(images: int, epochs: int) -> tuple[keras.Model, int]:
    """Return the recipe of 2023: a constant rate."""
    return course_2023.new_model(), 64


def cycle(images: int, epochs: int) -> tuple[VAE, int]:
    """Return our VAE with `one_cycle`, in batches of 32, ten steps at a time.

    Twice as many steps take hardly more time, and the noisier gradients do no harm because the
    rate falls to zero. Ten steps at a time reduce the overhead of Python.
    """
    vae, batch_size = VAE(*networks()), 32
    rate = one_cycle(images, batch_size, epochs)
    vae.compile(keras.optimizers.Adam(rate), steps_per_execution=10)
    return vae, batch_size


RECIPES = {"course 2023": course, "one cycle": cycle}
