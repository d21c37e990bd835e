"""Drawn faces, of the size of Frey Face: a film whose every smile is known."""

import numpy as np

FRAMES, ROWS, COLUMNS = 1_965, 28, 20  # as many and as large as those of Frey Face
NOISE = 0.03  # standard deviation, as of a camera


def draw_film(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the frames of a film, (n, 28, 20, 1) in [0, 1], and the smile of each, (n,)."""
    rng = np.random.default_rng(seed)
    waves = 2 * np.pi * np.arange(FRAMES) / rng.uniform(40, 300, (2, 6, 1))
    slow = np.sin(waves + rng.uniform(0, 2 * np.pi, (2, 6, 1))).sum(axis=1)
    smile, turn = np.sin(1.2 * slow)  # both change slowly, from -1 to 1
    frames = draw_faces(smile, turn)
    noise = NOISE * rng.standard_normal(frames.shape, dtype=np.float32)
    return np.clip(frames + noise, 0, 1), smile


def draw_faces(smile: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Draw faces, (n, 28, 20, 1) in [0, 1]: an oval, eyes, nose, cheeks and a mouth.

    Args:
        smile: how the corners of each mouth bend, from -1 (down) to 1 (up); cheeks darken with it.
        turn: where each head turns, from -1 (left) to 1 (right).
    """
    smile, turn = (np.asarray(each, float).reshape(-1, 1, 1) for each in (smile, turn))
    y, x = np.arange(ROWS)[:, None] + 0.5, np.arange(COLUMNS)[None] + 0.5

    def spot(row, column, height, width, edge=0.7):
        """Return 1 inside an ellipse and 0 outside, with a soft edge."""
        distance = np.hypot((y - row) / height, (x - column) / width) - 1
        return 1 / (1 + np.exp(distance * min(height, width) / edge * 2.5))

    head, middle = 10 + 0.8 * turn, 10 + 2.5 * turn
    face = 0.3 + 0.5 * spot(14, head, 14, 8.5)
    for side in (-1, 1):
        face -= 0.5 * spot(10, middle + 3.6 * side, 1.3, 2.0)
        cheek = spot(17, middle + 4.2 * side, 2.6, 1.6)
        face -= 0.3 * (1 + smile) / 2 * cheek
    face -= 0.25 * spot(14.5, middle + 0.6 * turn, 3, 0.9)
    along = np.abs(x - middle) / 4.5  # 0 in the middle of the mouth, 1 at its corners
    lips = 21.5 + smile * (0.9 - 2.7 * along**2)
    mouth = np.exp(-(((y - lips) / 0.9) ** 2)) / (1 + np.exp((along - 1) * 12))
    return np.clip(face - 0.5 * mouth, 0, 1)[..., None].astype(np.float32)
