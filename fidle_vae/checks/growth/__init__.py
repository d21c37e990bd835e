"""The checks on generators that grow and have styles: fades, averages, styles, noise, mixing."""

from fidle_vae.checks.growth.adaptive_norms import adaptive_norm
from fidle_vae.checks.growth.faded_images import faded_image
from fidle_vae.checks.growth.fades import fade_in
from fidle_vae.checks.growth.mixed_styles import mixed_styles
from fidle_vae.checks.growth.noise_maps import noise_map
from fidle_vae.checks.growth.pixel_noises import pixel_noise
from fidle_vae.checks.growth.weight_averages import weight_average

__all__ = [
    "adaptive_norm",
    "fade_in",
    "faded_image",
    "mixed_styles",
    "noise_map",
    "pixel_noise",
    "weight_average",
]
