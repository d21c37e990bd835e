import zlib

import keras
import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics import roc_auc_score

from fidle_vae.evaluation import auc, image_scores
from fidle_vae.evaluation.file_formats import png_bits
from fidle_vae.models import VAE, build_decoder, build_encoder

rng = np.random.default_rng(0)


def test_auc_is_that_of_scikit_learn_ties_included():
    for shift in (-1, 0, 2):
        known, foreign = rng.normal(size=300).round(1), rng.normal(shift, 1.5, 200).round(1)
        labels = np.repeat([0, 1], (300, 200))
        expected = roc_auc_score(labels, np.concatenate([known, foreign]))
        found = auc(known, foreign)
        assert found.value == pytest.approx(expected)
        assert found.low < found.value < found.high


def test_the_interval_holds_the_truth_in_19_of_20_cases():
    truth = 0.7602  # of normals that are 1 apart: norm.cdf(1 / sqrt(2))
    found = [
        auc(rng.normal(size=150), rng.normal(1, 1, 100), draws=100, seed=i) for i in range(200)
    ]
    inside = np.mean([each.low <= truth <= each.high for each in found])
    assert 0.90 <= inside <= 0.985


@pytest.fixture(scope="module")
def scores():
    """Scores of images like the known ones, and of noise; and codes."""
    shape, keep = (12, 12, 1), np.zeros((12, 12, 1), "float32")
    keep[3:9, 3:9] = 1
    known = (rng.random((400, *shape)) < 0.9) * keep
    keras.utils.set_random_seed(1)
    networks = (build("mlp", shape, 2) for build in (build_encoder, build_decoder))
    vae = VAE(*networks, loss_weights="elbo", seed=1)
    vae.compile(keras.optimizers.Adam(3e-3))
    vae.fit(known, epochs=5, batch_size=20, verbose=0)
    groups = {
        "known": (rng.random((50, *shape)) < 0.9) * keep,
        "noise": (rng.random((40, *shape)) < 0.5).astype("float32"),
    }
    codes = vae.encode(known)[0]
    groups = {name: x.astype("float32") for name, x in groups.items()}
    found = image_scores(vae, groups, codes)
    return {**found, "known codes": codes, "codes": vae.encode(groups["noise"])[0]}


def test_noise_is_foreign_by_each_score_in_nats(scores):
    for name in ("reconstruction", "negative ELBO", "NLL"):
        assert auc(scores["known"][name], scores["noise"][name]).value > 0.95, name
    assert (scores["noise"]["NLL"] <= scores["noise"]["negative ELBO"] + 1e-3).mean() > 0.9


def test_the_code_distance_is_that_to_the_fifth_nearest_code(scores):
    distances = np.sort(cdist(scores["codes"], scores["known codes"]), axis=1)
    np.testing.assert_allclose(scores["noise"]["code distance"], distances[:, 4], rtol=1e-3)


def test_png_bits_are_those_of_the_file():
    x = (rng.random((3, 28, 28, 1)) < 0.2).astype("float32")
    rows = [np.packbits(image[..., 0].astype(np.uint8), axis=1) for image in x]
    least = [8 * len(zlib.compress(row.tobytes(), 9)) for row in rows]
    found = png_bits(x)
    assert (found > least).all()
    assert (found < np.array(least) + 8 * 120).all()
    assert png_bits(np.zeros((1, 28, 28, 1)))[0] < found.min() - 500


def test_the_score_against_png_is_a_difference_of_bits(scores):
    one = scores["noise"]
    lost = one["negative ELBO"] / np.log(2) - one["ELBO against PNG"]
    assert (lost % 8 < 1e-2).mean() + (lost % 8 > 8 - 1e-2).mean() == 1  # whole bytes
    assert lost.min() > 8 * 60


def test_each_group_has_its_own_scores(scores):
    lengths = {
        group: {len(each) for each in scores[group].values()} for group in ("known", "noise")
    }
    assert lengths == {"known": {50}, "noise": {40}}
