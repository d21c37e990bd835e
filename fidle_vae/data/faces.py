"""Films of one face: Frey Face where it is at hand, and a drawn stand-in of the same size."""

from typing import NamedTuple

import numpy as np

from fidle_vae.common.validation import require_choice
from fidle_vae.data.datasets import load_dataset, require_dataset
from fidle_vae.data.drawn_faces import draw_film
from fidle_vae.data.loaders import choose_fraction

CHIN, CHEEKS = np.s_[:, 24:28, 3:17], np.s_[:, 15:19, 3:17]


class Faces(NamedTuple):
    """The frames of a film, float32 in [0, 1], of shape (n, 28, 20, 1)."""

    x_train: np.ndarray
    x_test: np.ndarray
    name: str
    """"frey_faces" or "drawn"."""
    smile_test: np.ndarray | None = None
    """How the mouth of each frame of `x_test` bends, from -1 to 1; None where nobody knows."""


def load_faces(film: str, scale: float = 1.0, seed: int = 123) -> Faces:
    """Load a film of one face, and print which.

    Args:
        film: "frey_faces", "drawn", or "auto" for the first of them that is at hand.
        scale: fraction of the frames to take, in (0, 1].
        seed: chooses which frames a fraction has, and what the drawn film shows.
    """
    require_choice("film", film, ("auto", "frey_faces", "drawn"))
    require_dataset("frey_faces", scale, seed)
    why = "as asked"
    if film != "drawn":
        try:
            found = load_dataset("frey_faces", scale, seed)
        except FileNotFoundError:
            if film == "frey_faces":
                raise
            why = "Frey Face is not on this machine; data/README.md says where it belongs"
        else:
            print("load_faces takes Frey Face")
            return Faces(found.x_train, found.x_test, "frey_faces")
    print(f"load_faces draws a stand-in, no real face: {why}")
    frames, smile = draw_film(seed)
    held_out = np.arange(len(frames)) // 20 % 10 == 9  # as of Frey Face: whole blocks of the film
    rng = np.random.default_rng(seed)
    train, test = (
        np.flatnonzero(among)[choose_fraction(np.zeros(among.sum()), scale, rng)]
        for among in (~held_out, held_out)
    )
    return Faces(frames[train], frames[test], "drawn", smile[test])


def smile_of(x: np.ndarray) -> np.ndarray:
    """Return how much each face smiles, by grey levels: chin less cheeks, which fold and darken."""
    return x[CHIN].mean(axis=(1, 2, 3)) - x[CHEEKS].mean(axis=(1, 2, 3))
