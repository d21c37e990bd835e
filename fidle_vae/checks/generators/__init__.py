"""The checks on generators: their images, their losses, their latent space, what they draw."""

from fidle_vae.checks.generators.class_direction import class_direction
from fidle_vae.checks.generators.fresh_noise import fresh_noise
from fidle_vae.checks.generators.great_circle import great_circle
from fidle_vae.checks.generators.nearest_image import nearest_image
from fidle_vae.checks.generators.shown_classes import shown_classes
from fidle_vae.checks.generators.tanh_range import tanh_range
from fidle_vae.checks.generators.two_batches import two_batches

__all__ = [
    "class_direction", "fresh_noise", "great_circle", "nearest_image", "shown_classes",
    "tanh_range", "two_batches",
]  # fmt: skip
