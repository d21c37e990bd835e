"""The checks of AE2: PSNR, noisy pairs, noise in training only, colours, the contraction."""

from fidle_vae.checks.denoising.contractions import contraction
from fidle_vae.checks.denoising.decibels import psnr
from fidle_vae.checks.denoising.noise_layer import denoiser
from fidle_vae.checks.denoising.noisy_pairs import pairs
from fidle_vae.checks.denoising.paintings import painting

__all__ = ["contraction", "denoiser", "painting", "pairs", "psnr"]
