"""The check of an experiment: what was expected of the KL's weight, beside what was measured."""

from collections.abc import Mapping

import numpy as np

from fidle_vae.checks.engine.result import NOT_DONE, Result
from fidle_vae.checks.engine.summary import recorded

CHECK = "balance"
TRIED = (0.0, 1e-3, 1.0)  # the values of k2
METRICS = ("r_loss", "kl_loss", "elbo", "active_dims")
AS_GOOD = 1e-2  # relative difference up to which two measured values are one


@recorded
def balance(prediction: Mapping[str, float], measured: Mapping[float, Mapping]) -> Result:
    """Check what was predicted of k2 = 0, 1e-3 and 1, beside what was measured.

    Args:
        prediction: the value of k2 for each of the questions "smallest r_loss", "smallest
            kl_loss", "largest elbo" and "no active dimension".
        measured: for each k2 the metrics r_loss, kl_loss, elbo and active_dims on held-out images.
    """
    for name, given in (("prediction", prediction), ("measured", measured)):
        if not (_open(given) or isinstance(given, Mapping)):
            kind = type(given).__name__
            return Result(CHECK, f"balance_{name}_is_no_dict", f"`{name}` is a {kind}, not a dict.")
    return _of_prediction(prediction) or _of_measured(measured) or _compared(prediction, measured)


def _open(value):
    return value is None or value is Ellipsis


def _of_prediction(prediction):
    """Say what keeps a prediction from being tested, or nothing."""
    if _open(prediction) or any(_open(value) for value in prediction.values()):
        return Result(CHECK, NOT_DONE, "Predict first: write a value of k2 for each question.")
    missing = [question for question in QUESTIONS if question not in prediction]
    if missing:
        given = f"`prediction` has no answer to {_quoted(missing)}."
        return Result(CHECK, "balance_question_missing", given)
    for question in QUESTIONS:
        value = prediction[question]
        if _k2_of(value) is None:
            given = f'To "{question}" you say {value!r}: choose one of {_values(TRIED)}, a k2.'
            return Result(CHECK, "balance_other_k2", given)
    return None


def _of_measured(measured):
    """Say what keeps measurements from telling, or nothing."""
    rows = {} if _open(measured) else measured
    if _open(measured) or any(_open(row) for row in rows.values()):
        return Result(CHECK, NOT_DONE, "It is predicted; now test it: measure each k2.")
    keys, rows = ", ".join(map(repr, rows)), _by_k2(rows)
    missing = [k2 for k2 in TRIED if k2 not in rows]
    if missing:
        given = f"`measured` has nothing for k2 = {_values(missing)}: train with it too."
        found = f" Its keys are {keys}." if keys else ""
        return Result(CHECK, "balance_k2_missing", given + found)
    for k2 in TRIED:
        if not isinstance(rows[k2], Mapping):
            kind = type(rows[k2]).__name__
            given = f"`measured` has a {kind} for k2 = {k2:g}, not a dict of metrics."
            return Result(CHECK, "balance_row_is_no_dict", given)
        missing = [name for name in METRICS if name not in rows[k2]]
        if missing:
            given = f"`measured` has no {_quoted(missing)} for k2 = {k2:g}."
            return Result(CHECK, "balance_metric_missing", given)
        try:
            rows[k2] = {name: float(rows[k2][name]) for name in METRICS}
        except (TypeError, ValueError):
            given = f"A value measured with k2 = {k2:g} is no number: {_shown(rows[k2])}."
            return Result(CHECK, "balance_no_number", given)
        if not all(map(np.isfinite, rows[k2].values())):
            given = f"A number measured with k2 = {k2:g} is NaN or infinite: train it anew."
            return Result(CHECK, "balance_not_finite", given)
    return _of_experiment(rows)


def _of_experiment(rows):
    """Name what is odd in the measurements themselves: they were not made as asked."""
    none, strong = rows[TRIED[0]], rows[TRIED[-1]]
    r_losses = [rows[k2]["r_loss"] for k2 in TRIED]
    if any(row["elbo"] > 0 for row in rows.values()):
        return Result(
            CHECK,
            "balance_elbo_sign",
            "An ELBO is above 0: it is minus the cost in nats, so it is negative.",
        )
    if np.ptp(r_losses) < 1e-6:
        return Result(
            CHECK,
            "balance_all_the_same",
            "All three models have the same numbers: give each its own k2, and train it anew.",
        )
    if none["active_dims"] == 0:
        return Result(
            CHECK,
            "balance_weights_exchanged",
            "With k2 = 0 no dimension is active, though nothing asks for a small KL: are the "
            "weights (k2, 1) instead of (1, k2)?",
        )
    if strong["active_dims"] > 0:
        return Result(
            CHECK,
            "balance_not_collapsed",
            f"With k2 = 1 there are {strong['active_dims']:g} active dimensions and a KL of "
            f"{strong['kl_loss']:.3g} nats, where a KL that weighs so much leaves none: does k2 "
            "reach the model, as loss_weights=(1, k2)?",
        )
    return None


def _compared(prediction, measured):
    """Put each prediction beside what was measured."""
    rows = {k2: _by_k2(measured)[k2] for k2 in TRIED}
    others = []
    for question, (asked, metric, best, unit) in QUESTIONS.items():
        values = {k2: float(row[metric]) for k2, row in rows.items()}
        said, found = _k2_of(prediction[question]), best(values.values())
        if abs(values[said] - found) > AS_GOOD * abs(found):
            there = " and ".join(f"{k2:g}" for k2, value in values.items() if value == found)
            others.append(
                f"You expected {asked} at k2 = {said:g}; measured: {found:.3g}{unit} at "
                f"k2 = {there}, {values[said]:.3g} at k2 = {said:g}."
            )
    if others:
        others.append("Why? Write it down, and correct the prediction.")
        return Result(CHECK, "balance_prediction", " ".join(others))
    low, high = (f"{float(rows[k2]['kl_loss']):.3g}" for k2 in (TRIED[-1], TRIED[0]))
    return Result(
        CHECK,
        None,
        f"What you predicted is what you measured: the KL falls from {high} nats at k2 = 0 to "
        f"{low} at k2 = 1, and with it what z says of the image.",
    )


QUESTIONS = {  # in words, the metric that decides, its best value, its unit
    "smallest r_loss": ("the smallest r_loss", "r_loss", min, ""),
    "smallest kl_loss": ("the smallest kl_loss", "kl_loss", min, " nats"),
    "largest elbo": ("the largest elbo", "elbo", max, " nats"),
    "no active dimension": ("no active dimension", "active_dims", min, " active"),
}


def _k2_of(value):
    """Give the value of k2 that was meant, however it is written; None if it is none of them."""
    try:
        return next((k2 for k2 in TRIED if np.isclose(float(value), k2, atol=1e-9)), None)
    except (TypeError, ValueError):
        return None


def _by_k2(rows):
    """Give rows by the k2 that their keys mean; those of other k2 are not asked for."""
    return {_k2_of(key): row for key, row in rows.items() if _k2_of(key) is not None}


def _shown(row):
    return ", ".join(f"{name} = {row[name]!r}" for name in METRICS)


def _quoted(names):
    return ", ".join(f'"{name}"' for name in names)


def _values(numbers):
    return ", ".join(f"{number:g}" for number in numbers)
