"""The checks on critics: earth mover's distance, losses, penalties, norms, a batch's deviation."""

from fidle_vae.checks.critics.batch_deviations import batch_deviation
from fidle_vae.checks.critics.clipped_weights import clipping
from fidle_vae.checks.critics.critic_losses import critic_loss, least_squares_generator
from fidle_vae.checks.critics.earth_movers import earth_mover
from fidle_vae.checks.critics.gradient_penalties import gradient_penalty, penalty_of_slopes
from fidle_vae.checks.critics.spectral_norms import spectral_norm

__all__ = [
    "batch_deviation", "clipping", "critic_loss", "earth_mover", "gradient_penalty",
    "least_squares_generator", "penalty_of_slopes", "spectral_norm",
]  # fmt: skip
