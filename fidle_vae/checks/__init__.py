"""Checks that say what is wrong with a student's code: `from fidle_vae import checks as check`."""

from fidle_vae.checks.answers import answer
from fidle_vae.checks.averages import epoch_loss
from fidle_vae.checks.divergence import kl
from fidle_vae.checks.histories import best_epoch
from fidle_vae.checks.importances import importance
from fidle_vae.checks.likelihood import reconstruction
from fidle_vae.checks.models import vae
from fidle_vae.checks.networks import decoder, encoder
from fidle_vae.checks.passes import forward
from fidle_vae.checks.paths import grid, morph
from fidle_vae.checks.predictions import balance
from fidle_vae.checks.programs import program
from fidle_vae.checks.ratio import beta
from fidle_vae.checks.reconstructions import worst
from fidle_vae.checks.sampling import sampling_layer
from fidle_vae.checks.steps import train_step
from fidle_vae.checks.summary import summary
from fidle_vae.checks.unseen import held_out
from fidle_vae.checks.watching import film
from fidle_vae.checks.weighing import loss

__all__ = [
    "answer",
    "balance",
    "best_epoch",
    "beta",
    "decoder",
    "encoder",
    "epoch_loss",
    "film",
    "forward",
    "grid",
    "held_out",
    "importance",
    "kl",
    "loss",
    "morph",
    "program",
    "reconstruction",
    "sampling_layer",
    "summary",
    "train_step",
    "vae",
    "worst",
]
