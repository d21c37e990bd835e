"""Checks that say what is wrong with a student's code: `from fidle_vae import checks as check`."""

from fidle_vae.checks.engine.summary import summary
from fidle_vae.checks.latent.film_points import film
from fidle_vae.checks.latent.grids_and_paths import grid, morph
from fidle_vae.checks.latent.worst_reconstruction import worst
from fidle_vae.checks.losses.beta_weight import beta
from fidle_vae.checks.losses.cross_entropy import reconstruction
from fidle_vae.checks.losses.importance_sampling import importance
from fidle_vae.checks.losses.kl_divergence import kl
from fidle_vae.checks.losses.weighted_loss import loss
from fidle_vae.checks.networks.encoder_decoder import decoder, encoder
from fidle_vae.checks.networks.forward_pass import forward
from fidle_vae.checks.networks.sampling_layers import sampling_layer
from fidle_vae.checks.quiz.answers import answer
from fidle_vae.checks.quiz.programs import program
from fidle_vae.checks.training.balance_experiment import balance
from fidle_vae.checks.training.best_epochs import best_epoch
from fidle_vae.checks.training.epoch_mean import epoch_loss
from fidle_vae.checks.training.held_out_elbo import held_out
from fidle_vae.checks.training.trained_model import vae
from fidle_vae.checks.training.training_step import train_step

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
