"""Refuses arguments that are out of range, each in one sentence with the mend."""

import difflib
from collections.abc import Iterable
from numbers import Integral

# Each with a value to try.
COUNTS = {
    "latent_dim": 2,
    "batch_size": 64,
    "epochs": 10,
    "codes": 2000,
    "samples": 500,
    "side": 300,
    "images": 60_000,
    "jobs": 1,
}


def require_count(name: str, value: int) -> None:
    """Refuse what is no integer of 1 or more."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise ValueError(
            f"{name} must be an integer of 1 or more; got {value!r}: try {COUNTS[name]}."
        )


def require_choice(name: str, value: str, choices: Iterable[str]) -> None:
    """Refuse what is none of the names to choose from."""
    if value not in choices:
        near = difflib.get_close_matches(str(value), choices, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "choose one of these."
        raise ValueError(f"{name} must be one of {', '.join(choices)}; got {value!r}: {hint}")
