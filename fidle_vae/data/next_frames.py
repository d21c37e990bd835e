"""Pairs of frames, one and the next, of films: digits that tilt and, if it is here, a face."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from fidle_vae.common.validation import require_choice, require_seed
from fidle_vae.data.datasets import Dataset, load_dataset

FILMS = ("auto", "frey_faces", "tilting digits")
TILT = 30  # degrees from a frame to the next
BLOCK = 20  # frames of the film that `load_film` keeps together


class NextFrames(NamedTuple):
    """Frames to train and to test on, each with the frame that follows, float32 in [0, 1]."""

    before_train: np.ndarray
    after_train: np.ndarray
    before_test: np.ndarray
    after_test: np.ndarray


def next_frames(film: str, digits: Dataset, seed: int) -> dict[str, NextFrames]:
    """Return pairs of frames, one and the next, of "tilting digits" and maybe of "Frey Face".

    The tilting digits are made of `digits`: in the next frame, each is tilted to the left or to
    the right, by the toss of a coin. Frey Face is a film of a face, 1,965 frames.

    Args:
        film: "tilting digits" for these alone; "frey_faces" for both films; "auto" for both if the
            face is on this machine, and prints if it is not.
        digits: images to tilt.
        seed: of the tossed coins.
    """
    require_choice("film", film, FILMS)
    require_seed(seed)
    films = {"tilting digits": _tilting(digits, seed)}
    if film == "tilting digits":
        return films
    try:
        face = load_dataset("frey_faces")
    except FileNotFoundError:
        if film != "auto":
            raise
        print("The film frey_faces is not on this machine; the digits that tilt do without it.")
        return films
    pairs = NextFrames(*_pairs(face.x_train, 9 * BLOCK), *_pairs(face.x_test, BLOCK))
    return films | {"Frey Face": pairs}


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
    return NextFrames(*pairs)


def _tilt(images, degrees):
    tilted = [
        ndimage.rotate(image, by, reshape=False, order=1)
        for image, by in zip(images, degrees, strict=True)
    ]
    return np.clip(tilted, 0, 1).astype(np.float32)
