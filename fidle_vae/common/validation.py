"""Checks of arguments: each raises ValueError with one sentence that says what to pass instead."""

import difflib
from collections.abc import Iterable
from numbers import Integral

GREATEST_SEED = 2**32 - 1  # of keras.utils.set_random_seed


def require_count(name: str, value: int, example: int = 1) -> None:
    """Raise ValueError unless `value` is an integer of 1 or more; `example` is one to try."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise ValueError(f"{name} must be an integer of 1 or more; got {value!r}: try {example}.")


def require_seed(value: int) -> None:
    """Raise ValueError unless `value` is a seed that Keras, NumPy and all backends take."""
    if (
        isinstance(value, bool)
        or not isinstance(value, Integral)
        or not 0 <= value <= GREATEST_SEED
    ):
        raise ValueError(
            f"seed must be an integer from 0 to {GREATEST_SEED}, got {value!r}: try 123."
        )


def require_choice(name: str, value: str, choices: Iterable[str]) -> None:
    """Raise ValueError unless `value` is one of the names to choose from."""
    if value not in choices:
        near = difflib.get_close_matches(str(value), choices, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "choose one of these."
        raise ValueError(f"{name} must be one of {', '.join(choices)}; got {value!r}: {hint}")
