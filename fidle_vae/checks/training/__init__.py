"""The checks of training steps, histories and trained models."""

from fidle_vae.checks.training.balance_experiment import balance
from fidle_vae.checks.training.best_epochs import best_epoch
from fidle_vae.checks.training.epoch_mean import epoch_loss
from fidle_vae.checks.training.held_out_elbo import held_out
from fidle_vae.checks.training.trained_model import vae
from fidle_vae.checks.training.training_step import train_step

__all__ = ["balance", "best_epoch", "epoch_loss", "held_out", "train_step", "vae"]
