"""The checks of what is done in the latent space."""

from fidle_vae.checks.latent.film_points import film
from fidle_vae.checks.latent.morph_path import morph
from fidle_vae.checks.latent.prior_grid import grid
from fidle_vae.checks.latent.worst_reconstruction import worst

__all__ = ["film", "grid", "morph", "worst"]
