"""The check of the two batches, with labels, from which a discriminator learns."""

from collections.abc import Callable, Iterator

import keras
import numpy as np

from fidle_vae.checks.engine import Mistake, Result, exercise, from_arguments, outcome, recognise

CHECK = "labelled_batches"
REAL, FAKE = 5, 7  # points of each kind


@exercise
@from_arguments
def labelled_batches(my_batches: Callable) -> Result:
    """Check `my_batches(x, x_hat)`: two pairs, (x, ones) and (x_hat, zeros)."""
    rng = np.random.default_rng(77)
    x, x_hat = (rng.normal(size=(n, 2)).astype("float32") for n in (REAL, FAKE))
    found = outcome(CHECK, lambda *points: _listed(my_batches(*points)), x, x_hat)
    if isinstance(found, Result):
        return found
    right = "Each kind has a batch of its own, with the right label."
    return recognise(CHECK, _Batches(found, x, x_hat), MISTAKES, right)


class _Batches:
    """What a student gave: pairs of points and labels."""

    def __init__(self, found, x, x_hat):
        self.x, self.x_hat = x, x_hat
        self.both = np.concatenate([x, x_hat])
        self.pairs = _pairs(found)
        self.whole = _pairs([found])  # one pair alone

    @property
    def is_one_batch(self):
        pairs = self.pairs or self.whole or ()
        return any(points.shape[:1] == (REAL + FAKE,) for points, _ in pairs)

    @property
    def sorted(self):
        """Whether one pair holds both kinds of points."""
        kinds = self.x, self.x_hat
        return any(
            all(any(np.array_equal(each, points) for each in pair) for points in kinds)
            for pair in self.pairs
        )

    @property
    def turned(self):
        """Whether labels stand before points."""
        return bool(self.pairs) and any(
            points.shape[-1:] != (2,) and labels.shape[-1:] == (2,) for points, labels in self.pairs
        )

    @property
    def lengths(self):
        """Numbers of points and of labels, where they differ, in words; else ""."""
        for points, labels in self.pairs:
            fits = labels.ndim > 0 and len(points) in (len(labels), labels.size)
            if not fits:
                return f"{len(points)} points and {labels.size} labels"
        return ""

    @property
    def label_shape(self):
        """A shape of labels that is none, or ""."""
        for points, labels in self.pairs:
            if labels.shape not in ((len(points),), (len(points), 1)):
                return str(labels.shape)
        return ""

    def has(self, points):
        """Whether a batch is these points."""
        return any(np.array_equal(each, points) for each, _ in self.pairs)

    def labels_of(self, points):
        """Return the one label of these points, or None if they differ."""
        (labels,) = [labels for each, labels in self.pairs if np.array_equal(each, points)][:1]
        return float(labels.flat[0]) if np.ptp(labels) == 0 else None

    @property
    def labels(self):
        """The label of real points, and that of drawn ones."""
        return self.labels_of(self.x), self.labels_of(self.x_hat)


def _listed(found):
    """Return the elements of an iterator, such as zip(...), as a list; anything else as it is."""
    return list(found) if isinstance(found, Iterator) else found


def _pairs(found):
    """Return pairs of arrays, or [] if these are none."""
    try:
        pairs = [
            [_array(each) for each in pair] for pair in found if isinstance(pair, list | tuple)
        ]
        fits = len(pairs) == len(found) and all(len(pair) == 2 for pair in pairs)
    except (TypeError, ValueError):
        return []
    return pairs if fits else []


def _array(values):
    return np.asarray(keras.ops.convert_to_numpy(values), dtype=float)


MISTAKES = [
    Mistake(
        "labelled_batches_one",
        "Real and drawn points share a batch: give each kind its own. With batch normalisation "
        "in the discriminator, what it says of one kind would depend on the other.",
        lambda found: found.is_one_batch,
    ),
    Mistake(
        "labelled_batches_no_pairs",
        "It must give two pairs, in brackets of their own: (points, labels), (points, labels).",
        lambda found: len(found.pairs) != 2,
    ),
    Mistake(
        "labelled_batches_sorted",
        "One pair holds both kinds of points: a pair is (points, labels), one for each kind.",
        lambda found: found.sorted,
    ),
    Mistake(
        "labelled_batches_turned",
        "The labels stand first: train_on_batch takes the points, and then their labels.",
        lambda found: found.turned,
    ),
    Mistake(
        "labelled_batches_lengths",
        "There are {seen}: every point needs one, so take the length from the points themselves.",
        lambda found: found.lengths,
    ),
    Mistake(
        "labelled_batches_label_shape",
        "Labels have the shape {seen}: one number for each point, (n, 1) or (n,).",
        lambda found: found.label_shape,
    ),
    Mistake(
        "labelled_batches_no_real",
        "The real points, x, are missing, or changed.",
        lambda found: not found.has(found.x),
    ),
    Mistake(
        "labelled_batches_no_fake",
        "The drawn points, x_hat, are missing, or changed.",
        lambda found: not found.has(found.x_hat),
    ),
    Mistake(
        "labelled_batches_exchanged",
        "The labels are exchanged: the discriminator learns to call real points drawn. 1 is "
        "for real.",
        lambda found: found.labels == (0, 1),
    ),
    Mistake(
        "labelled_batches_all_real",
        "Generated points get the label 1, too: that is for the generator's step, whose aim it is. "
        "The discriminator needs the truth.",
        lambda found: found.labels == (1, 1),
    ),
    Mistake(
        "labelled_batches_all_fake",
        "Real points get the label 0, too, as if they were drawn.",
        lambda found: found.labels == (0, 0),
    ),
    Mistake(
        "labelled_batches_plus_minus",
        "The labels are 1 and -1: the cross-entropy takes probabilities, 1 and 0.",
        lambda found: -1 in found.labels,
    ),
    Mistake(
        "labelled_batches_other",
        "The labels are not 1 for all real points and 0 for all drawn ones.",
        lambda found: found.labels != (1, 0),
    ),
]
