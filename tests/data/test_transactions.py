import numpy as np
import pytest

from fidle_vae.data import as_features, draw_transactions
from fidle_vae.data.transactions import SITUATIONS


@pytest.fixture(scope="module")
def drawn():
    return draw_transactions(40_000, seed=1, frauds=0.02)


def test_frauds_have_their_share_and_both_kinds_are_equally_many(drawn):
    assert list(np.bincount(drawn.kinds)) == [39_200, 400, 400]
    assert drawn.table.shape == (40_000, 4)
    assert (drawn.table >= 0).all()
    assert drawn.table[:, 1].max() < 24


def test_a_seed_repeats_and_another_does_not():
    one, again, other = (draw_transactions(500, seed).table for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_loud_fraud_has_20_times_the_amount_and_nothing_else(drawn):
    honest, loud = (drawn.table[drawn.kinds == kind] for kind in (0, 1))
    ratios = np.median(loud, axis=0) / np.median(honest, axis=0)
    assert ratios[0] == pytest.approx(20, rel=0.2)
    np.testing.assert_allclose(ratios[1:], 1, rtol=0.25)


def test_a_quiet_fraud_is_unusual_only_as_a_whole(drawn):
    honest, quiet = (drawn.table[drawn.kinds == kind] for kind in (0, 2))
    low, high = np.quantile(honest, (0.01, 0.99), axis=0)
    assert ((quiet > low) & (quiet < high)).mean() > 0.9  # each number by itself

    def far_at_night(table):
        hours = (table[:, 1] - SITUATIONS["a night out"][2]) % 24
        return (np.minimum(hours, 24 - hours) < 3) & (table[:, 2] > 100)

    assert far_at_night(quiet).mean() > 0.8
    assert far_at_night(honest).mean() < 0.01


def test_features_keep_midnight_together_and_have_like_spreads(drawn):
    features = as_features(drawn.table)
    assert features.shape == (40_000, 5)
    assert features.dtype == np.float32
    low, high = np.quantile(features, (0.25, 0.75), axis=0)
    np.testing.assert_allclose(high - low, 1.349, rtol=1e-3)
    np.testing.assert_allclose(np.median(features, axis=0), 0, atol=1e-4)
    table = np.concatenate([drawn.table, [[10, 23.9, 2, 1], [10, 0.1, 2, 1], [10, 12, 2, 1]]])
    before, after, noon = as_features(table)[-3:]
    assert np.linalg.norm(before - after) < 0.2 < 1 < np.linalg.norm(before - noon)
