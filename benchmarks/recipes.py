"""Ways to train the course's network: what `python -m benchmarks.time_to_elbo` compares.

A recipe is a function of the number of images and of epochs. It gives a compiled model and the
size of a batch.
"""

from functools import partial

import keras

from benchmarks.muon import Muon
from benchmarks.ours import networks
from benchmarks.peers import course_2023
from fidle_vae.model import VAE


def course(images: int, epochs: int) -> tuple[keras.Model, int]:
    """The recipe of 2023: a constant rate."""
    return course_2023.new_model(), 64


def one_cycle(images: int, epochs: int, optimizer=Muon, batch_size: int = 64) -> tuple[VAE, int]:
    """Our VAE; the rate climbs in a tenth of the steps, then falls to zero as a cosine does.

    A high rate goes far, and the way to zero takes out the noise that it leaves.
    """
    steps = epochs * -(-images // batch_size)
    climb = max(1, steps // 10)
    rate = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        warmup_target=3e-3,
        warmup_steps=climb,
        decay_steps=steps - climb,
    )
    vae = VAE(*networks())
    vae.compile(optimizer(rate))
    return vae, batch_size


RECIPES = {
    "course 2023": course,
    "one cycle, Adam": partial(one_cycle, optimizer=keras.optimizers.Adam),
    "one cycle, Muon": one_cycle,
}
