"""The checks of one encoder with two decoders: slant, swap, model, score, batch."""

from fidle_vae.checks.two_decoders.leaning_digits import lean
from fidle_vae.checks.two_decoders.shared_encoder import two_hands
from fidle_vae.checks.two_decoders.swapped_images import swap
from fidle_vae.checks.two_decoders.swapped_score import swap_score
from fidle_vae.checks.two_decoders.warped_batches import warped_batch

__all__ = ["lean", "swap", "swap_score", "two_hands", "warped_batch"]
