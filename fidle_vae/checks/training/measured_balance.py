"""A prediction on the balance of the loss, and what was measured for each k2."""

import numpy as np

TRIED = (0.0, 1e-3, 1.0)  # the values of k2
TRAINED = (0.0, 1e-4, 1e-3, 5e-3, 1e-2, 1e-1, 1.0)  # those of the lesson, and these
METRICS = ("r_loss", "kl_loss", "elbo", "active_dims")
AS_GOOD = 1e-2  # relative difference up to which two measured values count as equal
QUESTIONS = {  # in words, the metric that decides, its best value, its unit
    "smallest r_loss": ("the smallest r_loss", "r_loss", min, ""),
    "smallest kl_loss": ("the smallest kl_loss", "kl_loss", min, " nats"),
    "largest elbo": ("the largest elbo", "elbo", max, " nats"),
    "no active dimension": ("no active dimension", "active_dims", min, " active"),
}


class Experiment:
    """A prediction, and the rows of metrics measured for each k2 that was asked for."""

    def __init__(self, prediction, measured):
        self.prediction, self.measured = prediction, measured

    @property
    def rows(self):
        """The measured rows by the k2 that their keys mean; those of other k2 are left out."""
        return {k2_of(k): row for k, row in self.measured.items() if k2_of(k) is not None}

    @property
    def keys(self):
        """The keys that were given, for a message."""
        keys = ", ".join(map(repr, self.measured))
        return f" Its keys are {keys}." if keys else ""

    def first(self, describe):
        """Return the first description of what is wrong with a row, or ""."""
        return next(filter(None, (describe(k2, self.rows[k2]) for k2 in TRIED)), "")

    def numbers(self, name):
        """Return the values of a metric, one for each k2."""
        return [float(self.rows[k2][name]) for k2 in TRIED]

    @property
    def kl_losses(self):
        """The KL of each k2."""
        return self.numbers("kl_loss")

    @property
    def strongest(self):
        """The active dimensions, and the KL, for the largest k2."""
        return self.numbers("active_dims")[-1], self.kl_losses[-1]

    @property
    def alike(self):
        """Two values of k2 with the very same numbers, in words, or ""."""
        for i, k2 in enumerate(TRIED):
            for other in TRIED[i + 1 :]:
                one, two = ([float(self.rows[k][n]) for n in METRICS] for k in (k2, other))
                if one == two:
                    return f"k2 = {k2:g} and k2 = {other:g}"
        return ""

    @property
    def trained_with(self):
        """For each k2 the weight that its model was trained with, which the loss tells, or None."""
        return {k2: _trained_with(self.rows[k2], k2) for k2 in TRIED}

    @property
    def exchanged(self):
        """Two values of k2 whose numbers are exchanged, in words, or ""."""
        found = self.trained_with
        for i, k2 in enumerate(TRIED):
            for other in TRIED[i + 1 :]:
                if (k2_of(found[k2]), k2_of(found[other])) == (other, k2):
                    return f"k2 = {k2:g} and k2 = {other:g}"
        kls = dict(zip(TRIED, self.kl_losses, strict=True))
        if kls[0.0] < kls[1e-3] and kls[1.0] < kls[1e-3]:
            return "k2 = 0 and k2 = 0.001"
        if kls[0.0] > kls[1.0] > kls[1e-3]:
            return "k2 = 0.001 and k2 = 1"
        return "k2 = 0 and k2 = 1" if kls[0.0] < kls[1e-3] < kls[1.0] else ""

    @property
    def of_another_k2(self):
        """The k2 whose numbers are those of another one, and that other one, in words, or ""."""
        for k2, found in self.trained_with.items():
            if found not in (None, k2):
                return f"k2 = {k2:g} are those of a model with k2 = {found:g}"
        return ""

    @property
    def of_another_network(self):
        """The k2 whose numbers have other names than those of the others, or ""."""
        names = [set(self.rows[k2]) for k2 in TRIED]
        for i, k2 in enumerate(TRIED):
            others = names[:i] + names[i + 1 :]
            if others[0] == others[1] != names[i]:
                return f"{k2:g}"
        return ""

    @property
    def surprises(self):
        """Sentences on the predictions that differ from what was measured."""
        return " ".join(filter(None, map(self._surprise, QUESTIONS)))

    def _surprise(self, question):
        asked, metric, best, unit = QUESTIONS[question]
        values = dict(zip(TRIED, self.numbers(metric), strict=True))
        said, found = k2_of(self.prediction[question]), best(values.values())
        if abs(values[said] - found) <= AS_GOOD * abs(found):
            return ""
        there = " and ".join(f"{k2:g}" for k2, value in values.items() if value == found)
        return (
            f"You expected {asked} at k2 = {said:g}; measured: {found:.3g}{unit} at k2 = {there}, "
            f"{values[said]:.3g} at k2 = {said:g}."
        )


def k2_of(value):
    """Return the value of k2 that is meant, however it is written; None if it is another."""
    try:
        return next((k2 for k2 in TRIED if np.isclose(float(value), k2, atol=1e-9)), None)
    except (TypeError, ValueError):
        return None


def _trained_with(row, k2):
    """Return the k2 of a model's loss, r_loss + k2 kl_loss, if that shows another; else None."""
    try:
        total, r_loss, kl_loss = (float(row[name]) for name in ("loss", "r_loss", "kl_loss"))
    except (KeyError, TypeError, ValueError):
        return None
    differs = abs(total - r_loss - k2 * kl_loss) > 1e-4 * abs(total)
    if not differs:
        return k2
    found = (total - r_loss) / kl_loss if kl_loss > 1e-6 else np.nan
    return next((each for each in TRAINED if np.isclose(found, each, 0.05, 1e-5)), None)
