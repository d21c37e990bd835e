"""The checks on inference: sums over a grid, KLs, gradients by draws, estimates of the ELBO."""

from fidle_vae.checks.inference.draw_gradients import path_gradient, score_gradient
from fidle_vae.checks.inference.elbo_estimates import elbo_by_draws, elbo_of_draws
from fidle_vae.checks.inference.elbo_gap import elbo_gap
from fidle_vae.checks.inference.grid_sums import log_evidence, posterior
from fidle_vae.checks.inference.list_kl import discrete_kl

__all__ = [
    "discrete_kl", "elbo_by_draws", "elbo_gap", "elbo_of_draws", "log_evidence", "path_gradient",
    "posterior", "score_gradient",
]  # fmt: skip
