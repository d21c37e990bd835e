"""The checks of losses and their terms."""

from fidle_vae.checks.losses.beta_weight import beta
from fidle_vae.checks.losses.cross_entropy import reconstruction
from fidle_vae.checks.losses.importance_sampling import importance
from fidle_vae.checks.losses.kl_divergence import kl
from fidle_vae.checks.losses.weighted_loss import loss

__all__ = ["beta", "importance", "kl", "loss", "reconstruction"]
