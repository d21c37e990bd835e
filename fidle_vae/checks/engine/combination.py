"""Finds how values are put together from known parts: as a sum with factors, or as a product."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

MOST_PARTS = 5  # a sum of more says nothing to a student
SPARE = 2  # values beyond the number of parts, without which any values would fit


def combination_of(
    parts: Mapping[str, Callable],
    given: Sequence[Sequence],
    values: Sequence[np.ndarray],
    product: bool = False,
) -> str:
    """Return values in words, such as "0.5 m^2 - v"; "" where the parts do not explain them.

    Args:
        parts: formulas of the arguments of a case, in words; each gives values like `values`.
        given: the arguments of each case.
        values: those to explain, of each case.
        product: whether to look for a product of powers, such as "2 n k2 / k1", and not a sum.
    """
    with np.errstate(all="ignore"):
        table = np.stack(
            [np.concatenate([np.ravel(part(*each)) for each in given]) for part in parts.values()],
            axis=1,
        ).astype(float)
    due, names = np.concatenate([np.ravel(each) for each in values]).astype(float), list(parts)
    if product:
        if (due <= 0).any():
            return ""
        table, due = np.log(np.column_stack([np.full(len(due), np.e), table])), np.log(due)
    usable = len(table) == len(due) >= table.shape[1] + SPARE and np.isfinite(due).all()
    if not (usable and np.isfinite(table).all()):
        return ""
    scale = np.abs(table).max(axis=0)
    scale[scale == 0] = 1
    factors = np.linalg.lstsq(table / scale, due, rcond=None)[0] / scale
    share = np.abs(factors) * scale > 1e-3 * np.abs(due).max()
    factors = np.where(share, factors, 0)
    fits = np.allclose(table @ factors, due, rtol=1e-3, atol=2e-3 * np.abs(due).max())
    if not fits or not share.any() or share.sum() > MOST_PARTS:
        return ""
    return _powers(names, factors) if product else _sum(names, factors)


def _sum(names, factors):
    words = ""
    for name, factor in zip(names, factors, strict=True):
        if factor:
            sign = (" - " if factor < 0 else " + ") if words else ("-" if factor < 0 else "")
            number = f"{abs(factor):.3g}"
            term = number if name == "1" else name if number == "1" else f"{number} {name}"
            words += sign + term
    return words


def _powers(names, factors):
    constant, *powers = factors
    above, below = ([] for _ in range(2))
    for name, power in zip(names, powers, strict=True):
        number = f"{abs(power):.3g}"
        if power:
            word = name if number == "1" else f"{name}^{number}"
            (above if power > 0 else below).append(word)
    number = f"{np.exp(constant):.3g}"
    if number != "1" or not above:
        above.insert(0, number)
    return " ".join(above) + "".join(f" / {word}" for word in below)
