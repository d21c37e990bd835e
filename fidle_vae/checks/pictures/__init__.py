"""The checks on one's own pictures: bytes, cut, place in a file, split, weight, hue, morph."""

from fidle_vae.checks.pictures.bytes_to_floats import picture_floats
from fidle_vae.checks.pictures.held_out_bursts import held_out_bursts
from fidle_vae.checks.pictures.mean_hues import mean_hue
from fidle_vae.checks.pictures.middle_cuts import middle_cut
from fidle_vae.checks.pictures.morph_frames import morph_frames
from fidle_vae.checks.pictures.picture_weights import picture_weight
from fidle_vae.checks.pictures.places_in_files import file_place
from fidle_vae.checks.pictures.read_batches import read_batch

__all__ = [
    "file_place", "held_out_bursts", "mean_hue", "middle_cut", "morph_frames", "picture_floats",
    "picture_weight", "read_batch",
]  # fmt: skip
