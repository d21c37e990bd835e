"""Pairs of frames, one and the next: a film of a face or, where it is not here, tilting digits."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from fidle_vae.common.validation import require_choice, require_seed
from fidle_vae.data.datasets import Dataset, load_dataset

FILMS = ("auto", "frey_faces", "tilting digits")
TILT = 20  # degrees from a frame to the next
BLOCK = 20  # frames of the film that `load_film` keeps together


class NextFrames(NamedTuple):
    """Frames to train and to test on, each with the frame that follows, float32 in [0, 1]."""

    name: str
    """Of the film, one of FILMS."""
    before_train: np.ndarray
    after_train: np.ndarray
    before_test: np.ndarray
    after_test: np.ndarray


def next_frames(film: str, digits: Dataset, seed: int) -> NextFrames:
    """Return pairs of frames, one and the next.

    Args:
        film: "frey_faces", the film of a face, 1,965 frames; "tilting digits", a stand-in made of
            `digits`, whose next frame is tilted to the left or to the right, by the toss of a coin;
            "auto" takes the face beside MNIST, if it is on this machine, and prints if it is not.
        digits: images to tilt.
        seed: of the tossed coins.
    """
    require_choice("film", film, FILMS)
    require_seed(seed)
    if film == "tilting digits" or (film == "auto" and digits.name != "mnist"):
        return _tilting(digits, seed)
    try:
        face = load_dataset("frey_faces")
    except FileNotFoundError:
        if film != "auto":
            raise
        print("The film frey_faces is not on this machine; digits that tilt take its place.")
        return _tilting(digits, seed)
    return NextFrames("frey_faces", *_pairs(face.x_train, 9 * BLOCK), *_pairs(face.x_test, BLOCK))


def _pairs(frames, together):
    """Return frames, and the next one of each; every `together` frames, a run of them ends."""
    followed = np.arange(1, len(frames)) % together != 0
    return frames[:-1][followed], frames[1:][followed]


def _tilting(digits, seed):
    rng = np.random.default_rng(seed)
    pairs = []
    for images in (digits.x_train, digits.x_test):
        first = rng.uniform(-15, 15, len(images))
        then = first + TILT * rng.choice([-1, 1], len(images))
        pairs += [_tilt(images, first), _tilt(images, then)]
    return NextFrames("tilting digits", *pairs)


def _tilt(images, degrees):
    tilted = [
        ndimage.rotate(image, by, reshape=False, order=1)
        for image, by in zip(images, degrees, strict=True)
    ]
    return np.clip(tilted, 0, 1).astype(np.float32)
