"""A stack whose symbols take log2(1 / probability) bits each: asymmetric numeral systems (ANS)."""

import math
import random
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

TOTAL = 1 << 24  # the sum of the frequencies of all symbols


def cumulative_frequencies(cdf: np.ndarray) -> np.ndarray:
    """Return integers from 0 to `TOTAL` for a cdf that rises from 0 to 1 along its last axis.

    Their differences are the frequencies of the symbols 0, 1, ...: each is 1 or more.
    """
    cdf, i = np.asarray(cdf), np.arange(np.shape(cdf)[-1])
    if np.any(cdf[..., 0]) or np.any(cdf[..., -1] != 1) or not np.all((cdf >= 0) & (cdf <= 1)):
        raise ValueError(
            f"cdf must rise from 0 to 1; got {cdf.min()} to {cdf.max()}: a decoder must end with a "
            "sigmoid, and an encoder return finite numbers."
        )
    return (np.maximum.accumulate(cdf, axis=-1) * (TOTAL - i[-1])).astype(int) + i


class AnsStack:
    """A stack of symbols, last in, first out (Duda 2009).

    All symbols are one large number. A push multiplies it by TOTAL / frequency, and its remainder
    by TOTAL shows the symbol to the pop. Only `head`, its last 64 bits, changes; the others wait in
    `words` of 32 bits. A pop by frequencies other than those of the push draws a symbol from them.
    What is popped from an empty stack comes from random bits, counted in `initial_bits`.
    """

    def __init__(self, words: Sequence[int] = (), seed: int = 0):
        self._random, self.initial_bits = random.Random(seed), 0
        *self.words, low, high = words or (self._draw(), 1)
        self.head = high << 32 | low

    @property
    def bits(self) -> float:
        """Bits that were pushed and not popped; below 0 while initial bits are in use."""
        return 32 * len(self.words) + math.log2(self.head) - self.initial_bits

    def push(self, symbol: int, cumulative: Sequence[int]) -> None:
        """Add a symbol, whose frequency is cumulative[symbol + 1] - cumulative[symbol]."""
        start, frequency = cumulative[symbol], cumulative[symbol + 1] - cumulative[symbol]
        if self.head >= (frequency << 64) // TOTAL:  # no room: 32 bits of the head become a word
            self.words.append(self.head & 0xFFFFFFFF)
            self.head >>= 32
        quotient, rest = divmod(self.head, frequency)
        self.head = quotient * TOTAL + start + rest

    def pop(self, cumulative: Sequence[int]) -> int:
        """Remove the last symbol and return it: the inverse of a push by the same frequencies."""
        quotient, rest = divmod(self.head, TOTAL)
        symbol = bisect_right(cumulative, rest) - 1
        start, frequency = cumulative[symbol], cumulative[symbol + 1] - cumulative[symbol]
        self.head = quotient * frequency + rest - start
        if self.head < 1 << 32:
            self.head = self.head << 32 | (self.words.pop() if self.words else self._draw())
        return symbol

    def all_words(self) -> list[int]:
        """Return what is on the stack; `AnsStack(words)` goes on from there."""
        return [*self.words, self.head & 0xFFFFFFFF, self.head >> 32]

    def _draw(self):
        self.initial_bits += 32
        return self._random.getrandbits(32)
