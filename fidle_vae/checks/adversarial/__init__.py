"""The checks on adversarial networks: the best D, both losses, a step, labels, modes, rounds."""

from fidle_vae.checks.adversarial.best_discriminator import best_discriminator
from fidle_vae.checks.adversarial.discriminator_loss import discriminator_loss
from fidle_vae.checks.adversarial.found_modes import found_modes
from fidle_vae.checks.adversarial.game_rounds import game_rounds
from fidle_vae.checks.adversarial.generator_loss import generator_loss
from fidle_vae.checks.adversarial.generator_step import generator_step
from fidle_vae.checks.adversarial.labelled_batches import labelled_batches

__all__ = [
    "best_discriminator", "discriminator_loss", "found_modes", "game_rounds", "generator_loss",
    "generator_step", "labelled_batches",
]  # fmt: skip
