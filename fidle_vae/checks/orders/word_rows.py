"""The check of words made of a measure: below, between and above two limits."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    diagnose,
    exercise,
    explain,
    from_arguments,
    runs_elsewhere,
)

CASES = (
    ([0.9, 2.1, 1.4, 3.0, 1.2, 1.7, 2.0, 0.2, 2.6], 1.2, 2.0),
    ([0.5, -0.4, 0.1, -0.2, 0.35, 0.0], -0.1, 0.3),
    ([4.0, 7.0, 4.5, 8.0, 9.0], 4.5, 8.0),
)


AND = (
    "two conditions on arrays are joined by &, each in brackets: (values >= low) & (values < high)."
)
NUMBERS = (
    "True and False choose rows here, in place of the numbers 0, 1 and 2: make them numbers before "
    "you add them, .astype(int)."
)


@exercise
@from_arguments
def word_rows(my_words: Callable) -> Result:
    """Check `my_words(values, low, high)`: a row of three for each value, one of them 1."""
    cases = [{"values": np.array(values), "low": low, "high": high} for values, low, high in CASES]
    if runs_elsewhere(my_words):  # where no table of the values must do
        values = np.random.default_rng(9).uniform(0, 5, 20)
        cases.append({"values": values, "low": 1.5, "high": 3.0})
    result = diagnose("word_rows", my_words, cases, [_rows], MISTAKES, _value, arrays=True)
    result = explain(result, "truth value", "word_rows_and", AND, alone=True)
    return explain(result, "boolean index did not match", "word_rows_booleans", NUMBERS, alone=True)


def _value(case, index):
    i = index[0] if index else 0
    return f"the value {case['values'][i]:g} and the limits {case['low']:g} and {case['high']:g}"


def _word(values, low, high):
    return (values >= low).astype(int) + (values >= high)


def _rows(values, low, high):
    return np.eye(3)[_word(values, low, high)]


MISTAKES = [
    Mistake(
        "word_rows_number",
        "The word is one number, 0, 1 or 2, as if bold were twice medium: write it as zeros and a "
        "one, np.eye(3)[word].",
        _word,
    ),
    Mistake(
        "word_rows_number",
        "The word is one number, 0, 1 or 2, as if bold were twice medium: write it as zeros and a "
        "one, np.eye(3)[word].",
        lambda values, low, high: _word(values, low, high)[:, None],
    ),
    Mistake(
        "word_rows_turned_round",
        "The order of the words is turned round: below `low` is the first of the three.",
        lambda values, low, high: _rows(values, low, high)[:, ::-1],
    ),
    Mistake(
        "word_rows_up_to",
        "Each word holds for the ones below it as well, so that rows have several ones: one word "
        "is said of each value.",
        lambda values, low, high: np.stack(
            [np.ones_like(values), values >= low, values >= high], axis=1
        ),
    ),
    Mistake(
        "word_rows_not_yet",
        "Rows have several ones: a value below `low` is below `high`, too. Say the second word "
        "where both values >= low and values < high.",
        lambda values, low, high: np.stack([values < low, values < high, values >= high], axis=1),
    ),
    Mistake(
        "word_rows_both",
        "A value above `high` has the second word, too: that ends at `high`.",
        lambda values, low, high: np.stack([values < low, values >= low, values >= high], axis=1),
    ),
    Mistake(
        "word_rows_no_middle",
        "The second word is never said: it holds from `low` to `high`.",
        lambda values, low, high: np.stack(
            [values < low, np.zeros_like(values), values >= high], axis=1
        ),
    ),
    Mistake(
        "word_rows_two_words",
        "There are two columns: three words are due, with one for what is between the limits.",
        lambda values, low, high: np.stack([values < low, values >= high], axis=1),
    ),
    Mistake(
        "word_rows_two_words",
        "There are two columns: three words are due, with one for what is between the limits.",
        lambda values, low, high: np.stack([values >= low, values >= high], axis=1),
    ),
    Mistake(
        "word_rows_low_only",
        "Everything from `low` on gets the last word: that begins at `high`.",
        lambda values, low, high: np.eye(3)[2 * (values >= low)],
    ),
    Mistake(
        "word_rows_high_only",
        "Everything below `high` gets the first word: that ends at `low`.",
        lambda values, low, high: np.eye(3)[2 * (values >= high)],
    ),
    Mistake(
        "word_rows_beyond_low",
        "A value that is `low` itself gets the first word: from `low` on means >=.",
        lambda values, low, high: np.eye(3)[(values > low).astype(int) + (values >= high)],
    ),
    Mistake(
        "word_rows_beyond_high",
        "A value that is `high` itself gets the second word: from `high` on means >=.",
        lambda values, low, high: np.eye(3)[(values >= low).astype(int) + (values > high)],
    ),
    Mistake(
        "word_rows_beyond",
        "A value that is a limit itself gets the word below: from `low` on, and from `high` on, "
        "mean >=.",
        lambda values, low, high: np.eye(3)[(values > low).astype(int) + (values > high)],
    ),
    Mistake(
        "word_rows_never_last",
        "The third word is never said. The sum of two booleans is True or False, no 2: make them "
        "numbers before you add them, .astype(int).",
        lambda values, low, high: np.eye(3)[(values >= low).astype(int)],
    ),
    Mistake(
        "word_rows_always_second",
        "The second word is said of every value: it needs both values >= low and values < high, "
        "joined by &.",
        lambda values, low, high: np.stack(
            [values < low, np.ones_like(values), values >= high], axis=1
        ),
    ),
    Mistake(
        "word_rows_limits_exchanged",
        "low and high are exchanged.",
        lambda values, low, high: np.stack(
            [values < high, (values >= high) & (values < low), values >= low], axis=1
        ),
    ),
    Mistake(
        "word_rows_in_columns",
        "The table is turned: a row for each value, a column for each word.",
        lambda values, low, high: _rows(values, low, high).T,
    ),
    Mistake(
        "word_rows_thirds",
        "The limits are the thirds of these values: use those given, `low` and `high`, or the same "
        "image would have another word in another batch.",
        lambda values, low, high: _rows(values, *np.quantile(values, [1 / 3, 2 / 3])),
    ),
    Mistake(
        "word_rows_values",
        "At its place stands the value itself: a one is due there.",
        lambda values, low, high: _rows(values, low, high) * values[:, None],
    ),
    Mistake(
        "word_rows_upside_down",
        "There is a zero at the word, and ones elsewhere: it is the other way round.",
        lambda values, low, high: 1 - _rows(values, low, high),
    ),
]
