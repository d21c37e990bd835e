import numpy as np
import pytest

from fidle_vae.evaluation.ans import TOTAL, AnsStack, cumulative_frequencies


def random_symbols(n=20_000, symbols=5, seed=1):
    """Return symbols, the cumulative frequencies of each, and log2(1 / probability) of all."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(symbols, 0.3), size=n)
    cdf = np.minimum(np.cumsum(np.pad(p, [(0, 0), (1, 0)]), axis=1), 1)
    cdf[:, -1] = 1
    drawn = (cdf[:, 1:] > rng.random((n, 1))).argmax(axis=1)
    ideal = -np.log2(p[np.arange(n), drawn]).sum()
    return drawn.tolist(), cumulative_frequencies(cdf).tolist(), ideal


def test_the_last_symbol_in_is_the_first_out():
    stack, third = AnsStack(), cumulative_frequencies(np.array([0, 0.2, 0.5, 1])).tolist()
    for symbol in (0, 2, 1):
        stack.push(symbol, third)
    assert [stack.pop(third) for _ in range(3)] == [1, 2, 0]
    assert stack.all_words() == AnsStack().all_words()


def test_random_symbols_come_back_and_take_the_bits_of_their_probabilities():
    symbols, cumulative, ideal = random_symbols()
    stack = AnsStack()
    for symbol, frequencies in zip(symbols, cumulative, strict=True):
        stack.push(symbol, frequencies)
    assert stack.bits == pytest.approx(ideal, rel=1e-3)
    words = stack.all_words()
    assert 32 * len(words) == pytest.approx(ideal, rel=1e-3, abs=96)
    assert max(words) < 1 << 32
    again = AnsStack(words)
    assert [again.pop(frequencies) for frequencies in cumulative[::-1]] == symbols[::-1]
    assert again.all_words() == AnsStack().all_words()


def test_the_rarest_symbols_come_back_and_take_24_bits():
    symbols, stack = [0, 1, 2, 3] * 100, AnsStack()
    for symbol in symbols:
        stack.push(symbol, [0, 1, 2, 3, 4, TOTAL])
    assert stack.bits == pytest.approx(400 * 24, abs=1)
    assert [stack.pop([0, 1, 2, 3, 4, TOTAL]) for _ in symbols] == symbols[::-1]


def test_a_pop_of_random_bits_draws_a_symbol_and_its_push_gives_the_bits_back():
    p = np.array([0.1, 0.6, 0.3])
    frequencies = cumulative_frequencies(np.array([0, 0.1, 0.7, 1])).tolist()
    stack = AnsStack(seed=3)
    drawn = [stack.pop(frequencies) for _ in range(10_000)]
    assert np.bincount(drawn) / 10_000 == pytest.approx(p, abs=0.02)
    entropy = -(p * np.log2(p)).sum() * 10_000
    assert stack.bits == pytest.approx(-entropy, rel=0.02)
    assert entropy < stack.initial_bits < 1.02 * entropy + 64
    for symbol in drawn[::-1]:
        stack.push(symbol, frequencies)
    begun = AnsStack(seed=3)
    assert stack.all_words()[-2:] == begun.all_words()
    assert stack.initial_bits == 32 + 32 * len(stack.words)


def test_no_frequency_is_0_and_their_sum_is_exact():
    rng = np.random.default_rng(2)
    cdf = np.sort(rng.random((50, 1025)) ** 40, axis=-1)  # many differences are below 1 / TOTAL
    cdf[:, 0], cdf[:, -1] = 0, 1
    cdf[:, 500:] = 1
    cdf[:, 700] = 1 - 2**-53  # as a cdf may round
    found = cumulative_frequencies(cdf)
    assert np.diff(found).min() == 1
    assert set(found[:, 0]) == {0}
    assert set(found[:, -1]) == {TOTAL}
    assert np.abs(found / TOTAL - cdf).max() < 1025 / TOTAL


@pytest.mark.parametrize(
    "cdf", [[0, np.nan, 1], [0, -0.5, 1], [0, 1.5, 1], [0.1, 0.5, 1], [0, 0.5, 0.9]]
)
def test_what_is_no_cdf_is_refused(cdf):
    with pytest.raises(ValueError, match=r"cdf must rise from 0 to 1; got .* sigmoid"):
        cumulative_frequencies(np.array(cdf))
