"""Mistakes that multiply or divide what is right by a size of the data, such as the batch's."""

from collections.abc import Callable, Iterator, Mapping

from fidle_vae.checks.engine import Mistake


def scaled(
    name: str, what: str, formula: Callable, sizes: Mapping[str, Callable]
) -> Iterator[Mistake]:
    """Yield a mistake for each size that multiplies what is right, and for each that divides it.

    Args:
        name: of all these mistakes.
        what: the scaled values, in words that begin the sentence, such as "The KL".
        formula: (factor, arguments of a case) -> the values with this factor in them.
        sizes: functions of the arguments of a case that return a number, by their names.
    """
    for size, number in sizes.items():
        yield Mistake(
            name,
            f"{what} is divided by {size} once too often.",
            lambda *given, number=number: formula(1 / number(*given), *given),
        )
        yield Mistake(
            name,
            f"{what} is multiplied by {size}: leave that factor out.",
            lambda *given, number=number: formula(number(*given), *given),
        )
