"""Payments by card, made up by a rule, a few of them frauds: a table whose truth is known."""

from typing import NamedTuple

import numpy as np

from fidle_vae.common.validation import require_count

COLUMNS = ("amount", "hour", "distance", "days")
KINDS = ("honest", "loud fraud", "quiet fraud")

# What an honest customer is doing, which nobody writes down: how often; median amount (euro);
# hour and its spread; median distance from home (km).
SITUATIONS = {
    "shopping": (0.60, 25, 14, 3.0, 3),
    "travel": (0.22, 150, 13, 3.0, 300),
    "a night out": (0.18, 15, 25, 1.5, 5),
}


class Transactions(NamedTuple):
    """Payments, in random order."""

    table: np.ndarray
    """One row each, (n, 4): euro, hour from 0 to 24, km from home, days since the last payment."""
    kinds: np.ndarray
    """0 honest, 1 loud fraud, 2 quiet fraud, (n,)."""


def draw_transactions(n: int, seed: int, frauds: float = 0.01) -> Transactions:
    """Draw payments, of which the share `frauds` is fraud, half of each kind.

    An honest payment belongs to one of three situations, which ties the columns to each other: far
    from home it is day and the sum is high; at night the sum is low and home is near. A loud fraud
    is an honest payment with 20 times the amount. A quiet one has each of its numbers from an
    honest payment, but the hour from a night out, amount and distance from a journey.
    """
    require_count("n", n, 10_000)
    rng = np.random.default_rng(seed)
    shares = [each[0] for each in SITUATIONS.values()]
    table = _honest(rng.choice(len(SITUATIONS), n, p=shares), rng)
    kinds = np.zeros(n, int)
    chosen = rng.permutation(n)[: round(n * frauds)]
    loud, quiet = np.array_split(chosen, 2)
    kinds[loud], kinds[quiet] = 1, 2
    table[loud, 0] *= 20
    names = list(SITUATIONS)
    table[quiet] = _honest(np.full(len(quiet), names.index("travel")), rng)
    table[quiet, 1] = _honest(np.full(len(quiet), names.index("a night out")), rng)[:, 1]
    return Transactions(table, kinds)


def _honest(situations, rng):
    _, amount, hour, spread, distance = np.array(list(SITUATIONS.values()))[situations].T
    n = len(situations)
    return np.stack(
        [
            amount * np.exp(0.6 * rng.standard_normal(n)),
            (hour + spread * rng.standard_normal(n)) % 24,
            distance * np.exp(0.7 * rng.standard_normal(n)),
            rng.exponential(2, n),
        ],
        axis=1,
    )


def as_features(table: np.ndarray) -> np.ndarray:
    """Return payments as a network likes them: (n, 5), float32, each column with spread 1.

    Amount, distance and days as logarithms; the hour as two numbers, the place of a clock's hand,
    so that 23 and 1 o'clock are near each other. Median and spread are those of the table itself
    (the spread between its quartiles, which a few frauds cannot move); no label is needed.
    """
    amount, hour, distance, days = np.asarray(table, float).T
    angle = 2 * np.pi * hour / 24
    columns = np.stack(
        [np.log(amount), np.cos(angle), np.sin(angle), np.log(distance), np.log(days + 0.5)], axis=1
    )
    low, middle, high = np.quantile(columns, (0.25, 0.5, 0.75), axis=0)
    return ((columns - middle) / ((high - low) / 1.349)).astype(np.float32)
