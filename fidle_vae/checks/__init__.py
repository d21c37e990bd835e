"""Checks that say what is wrong with a student's code: `from fidle_vae import checks as check`."""

from fidle_vae.checks.divergence import kl
from fidle_vae.checks.likelihood import reconstruction
from fidle_vae.checks.models import vae
from fidle_vae.checks.networks import decoder, encoder
from fidle_vae.checks.paths import grid, morph
from fidle_vae.checks.sampling import sampling_layer
from fidle_vae.checks.steps import train_step
from fidle_vae.checks.summary import summary
from fidle_vae.checks.weighing import loss

__all__ = [
    "decoder",
    "encoder",
    "grid",
    "kl",
    "loss",
    "morph",
    "reconstruction",
    "sampling_layer",
    "summary",
    "train_step",
    "vae",
]
