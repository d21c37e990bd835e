"""Small records of made-up trainings, with a known code at each moment."""

import numpy as np

from fidle_vae.training.record_files import Epoch, Fixed, Record, write_epoch, write_fixed

rng = np.random.default_rng(0)
LABELS = np.arange(12) % 3
ORIGINALS = rng.random((4, 6, 5, 1)).round(2)
SPEED = rng.uniform(-1, 1, (12, 2))  # of each code, per epoch


def small_record(epochs=3, first=0, latent_dim=2, labels=LABELS, moments=2, curves=("r_loss",)):
    """Return a record: codes move straight from 0, images become lighter, losses fall."""
    speed = np.resize(SPEED, (12, latent_dim))
    names = ("ant", "bee", "cat") if labels is not None else ()
    fixed = Fixed(ORIGINALS, labels, names, np.zeros((9, latent_dim)), first)
    record = Record(fixed, {})
    for number in range(first, epochs + 1):
        times = number - np.arange(moments)[::-1] / moments if number > first else [first]
        times = np.array(times, float)
        images = np.clip(times / 4, 0, 1)[:, None, None, None, None] * np.ones((1, 6, 5, 1))
        logs = {}
        if number > first:
            for i, term in enumerate(curves):
                logs |= {term: 1.0 / number + i, f"val_{term}": 1.5 / number + i}
        record.epochs[number] = Epoch(
            times,
            times[:, None, None] * speed,
            np.repeat(images[:, None, 0], 4, axis=1),
            np.repeat(images[:, None, 0], 9, axis=1),
            logs,
        )
    return record


def write_small(directory, **kwargs):
    """Write such a record, and return it."""
    record = small_record(**kwargs)
    write_fixed(directory, record.fixed)
    for number, epoch in record.epochs.items():
        write_epoch(directory, number, epoch)
    return record
