"""The check of an experiment: what was expected of the KL's weight, beside what was measured."""

import re
from collections.abc import Mapping

import numpy as np

from fidle_vae.checks.engine import (
    NOT_DONE,
    SURPRISED,
    Mistake,
    Result,
    is_open,
    recognise,
    recorded,
)
from fidle_vae.checks.training.measured_balance import (
    METRICS,
    QUESTIONS,
    TRIED,
    Experiment,
    k2_of,
)

CHECK = "balance"


@recorded
def balance(prediction: Mapping[str, float], measured: Mapping[float, Mapping]) -> Result:
    """Check what was predicted of k2 = 0, 1e-3 and 1, beside what was measured.

    Args:
        prediction: the value of k2 for each of the questions "smallest r_loss", "smallest
            kl_loss", "largest elbo" and "no active dimension".
        measured: for each k2 the metrics r_loss, kl_loss, elbo and active_dims on held-out images.
    """
    return recognise(CHECK, Experiment(prediction, measured), MISTAKES, RIGHT)


def _open_ones(given):
    """Name what is still open, or return ""."""
    if is_open(given):
        return "each of them"
    return ", ".join(
        f'"{key}"' if isinstance(key, str) else f"k2 = {key:g}"
        for key, value in given.items()
        if is_open(value)
    )


def _are_exchanged(e):
    predicted, measured = (
        given if isinstance(given, Mapping) else {} for given in (e.prediction, e.measured)
    )
    return any(k2_of(key) is not None for key in predicted) or set(measured) & set(QUESTIONS)


def _no_row(row, k2):
    """Say what stands in the place of a row of numbers, or return ""."""
    if isinstance(row, tuple | list) and any(isinstance(each, Mapping) for each in row):
        return f"a pair for k2 = {k2:g}, model and numbers: take the numbers alone, [1]"
    if hasattr(row, "predict"):
        return f"a model for k2 = {k2:g}: train_with gives a pair, whose numbers are [1]"
    kind = _no_dict(row)
    return f"a {kind} for k2 = {k2:g}, not a dict of metrics" if kind else ""


def _keys_in_words(e):
    named = [key for key in e.measured if isinstance(key, str) and re.search(r"k2|=", key)]
    return bool(named) and not e.rows


def _no_dict(given):
    return "" if is_open(given) or isinstance(given, Mapping) else type(given).__name__


def _other_k2(e):
    for question in QUESTIONS:
        if k2_of(e.prediction[question]) is None:
            return f'To "{question}" you say {e.prediction[question]!r}'
    return ""


def _no_number(row):
    try:
        return not [float(row[name]) for name in METRICS]
    except (TypeError, ValueError):
        return True


def _quoted(names):
    return ", ".join(f'"{name}"' for name in names)


def _values(numbers):
    return ", ".join(f"{number:g}" for number in numbers)


RIGHT = (
    "What you predicted is what you measured: the KL falls from {found.kl_losses[0]:.3g} nats at "
    "k2 = 0 to {found.kl_losses[2]:.3g} at k2 = 1, and with it what z says of the image."
)
MISTAKES = [
    Mistake(
        "balance_arguments_exchanged",
        "The prediction comes first, then what is measured: check.balance(prediction, measured).",
        _are_exchanged,
    ),
    Mistake(
        "balance_prediction_is_no_dict",
        "`prediction` is a {seen}, not a dict.",
        lambda e: _no_dict(e.prediction),
    ),
    Mistake(
        "balance_measured_is_no_dict",
        "`measured` is a {seen}, not a dict.",
        lambda e: _no_dict(e.measured),
    ),
    Mistake(
        NOT_DONE,
        "Predict first: write a value of k2 for {seen}.",
        lambda e: _open_ones(e.prediction),
    ),
    Mistake(
        "balance_question_missing",
        "`prediction` has no answer to {seen}.",
        lambda e: _quoted(question for question in QUESTIONS if question not in e.prediction),
    ),
    Mistake(
        "balance_other_k2",
        f"{{seen}}: choose one of {_values(TRIED)}, a k2.",
        _other_k2,
    ),
    Mistake(
        NOT_DONE,
        "It is predicted; now test it: measure {seen}.",
        lambda e: _open_ones(e.measured),
    ),
    Mistake(
        "balance_one_model",
        "`measured` has the numbers of one model alone: put those of each model under its k2, as "
        "in measured[1.0] = ...",
        lambda e: set(METRICS) <= set(e.measured),
    ),
    Mistake(
        "balance_keys_in_words",
        "The keys of `measured` are the values of k2 themselves, numbers without quotes: "
        "0.0, 1e-3 and 1.0.{found.keys}",
        _keys_in_words,
    ),
    Mistake(
        "balance_k2_missing",
        "`measured` has nothing for k2 = {seen}: train with it too.{found.keys}",
        lambda e: _values(k2 for k2 in TRIED if k2 not in e.rows),
    ),
    Mistake(
        "balance_row_is_no_dict",
        "`measured` has {seen}.",
        lambda e: e.first(lambda k2, row: _no_row(row, k2)),
    ),
    Mistake(
        "balance_metric_missing",
        "`measured` has no {seen}.",
        lambda e: e.first(
            lambda k2, row: (
                not set(METRICS) <= set(row)
                and f"{_quoted(name for name in METRICS if name not in row)} for k2 = {k2:g}"
            )
        ),
    ),
    Mistake(
        "balance_no_number",
        "A value measured with k2 = {seen}.",
        lambda e: e.first(
            lambda k2, row: (
                _no_number(row)
                and f"{k2:g} is no number: {', '.join(f'{n} = {row[n]!r}' for n in METRICS)}"
            )
        ),
    ),
    Mistake(
        "balance_not_finite",
        "A number measured with k2 = {seen} is NaN or infinite: train it again.",
        lambda e: e.first(
            lambda k2, row: (
                not np.isfinite([float(row[name]) for name in METRICS]).all() and f"{k2:g}"
            )
        ),
    ),
    Mistake(
        "balance_elbo_sign",
        "An ELBO is above 0: it is minus the cost in nats, so it is negative.",
        lambda e: max(e.numbers("elbo")) > 0,
    ),
    Mistake(
        "balance_all_the_same",
        "All three models have the same numbers: give each its own k2, and train it again.",
        lambda e: np.ptp(e.numbers("r_loss")) < 1e-6,
    ),
    Mistake(
        "balance_two_the_same",
        "{seen} have the same numbers: one of them is that of the other. Give each its own.",
        lambda e: e.alike,
    ),
    Mistake(
        "balance_exchanged",
        "The numbers of {seen} seem to be exchanged: the smaller k2, the larger the KL.",
        lambda e: e.exchanged,
    ),
    Mistake(
        "balance_of_another_k2",
        "The numbers under {seen}, by their loss, r_loss + k2 kl_loss: take those of its own.",
        lambda e: e.of_another_k2,
    ),
    Mistake(
        "balance_of_another_network",
        "The numbers under k2 = {seen} have other names than the rest: are they those of another "
        "network? Take what train_with gives, for each.",
        lambda e: e.of_another_network,
    ),
    Mistake(
        "balance_weights_exchanged",
        "With k2 = 0 no dimension is active, though nothing asks for a small KL: are the weights "
        "(k2, 1) instead of (1, k2)?",
        lambda e: e.numbers("active_dims")[0] == 0,
    ),
    Mistake(
        "balance_not_collapsed",
        "With k2 = 1 there are {found.strongest[0]:g} active dimensions and a KL of "
        "{found.strongest[1]:.3g} nats, where a KL that weighs so much leaves none: does k2 reach "
        "the model, as loss_weights=(1, k2)?",
        lambda e: e.strongest[0] > 0,
    ),
    Mistake(
        SURPRISED,
        "{seen} Why? Write it down; then correct the prediction.",
        lambda e: e.surprises,
    ),
]
