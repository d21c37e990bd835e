"""The checks on repairs: batch normalisation, Gaussian pixels, sharpness, and two programs."""

from fidle_vae.checks.repairs.gaussian_noise import best_sigma, gaussian_pixels
from fidle_vae.checks.repairs.gradients_of_images import sharp
from fidle_vae.checks.repairs.image_likelihood import image_nll
from fidle_vae.checks.repairs.normalization import batch_norm
from fidle_vae.checks.repairs.training_mode import training_loss

__all__ = ["batch_norm", "best_sigma", "gaussian_pixels", "image_nll", "sharp", "training_loss"]
