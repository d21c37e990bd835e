"""Ways to train the course's network: what `python -m benchmarks.time_to_elbo` compares.

A recipe is a function of the number of images and of epochs. It gives a compiled model and the
size of a batch.
"""

from functools import partial

import keras

from benchmarks.ours import networks
from benchmarks.peers import course_2023
from fidle_vae.model import VAE
from fidle_vae.schedules import one_cycle


def course(images: int, epochs: int) -> tuple[keras.Model, int]:
    """The recipe of 2023: a constant rate."""
    return course_2023.new_model(), 64


def cycle(images: int, epochs: int, batch_size: int) -> tuple[VAE, int]:
    """Our VAE by `one_cycle`. Ten steps at a time: Python has less to do between them."""
    vae = VAE(*networks())
    rate = one_cycle(images, batch_size, epochs)
    vae.compile(keras.optimizers.Adam(rate), steps_per_execution=10)
    return vae, batch_size


RECIPES = {
    "course 2023": course,
    "one cycle": partial(cycle, batch_size=64),
    "one cycle, batches of 32": partial(cycle, batch_size=32),
}
