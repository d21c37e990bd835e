from itertools import pairwise

import keras
import numpy as np
import pytest
from keras import layers, ops
from scipy import integrate, linalg, stats

from fidle_vae.evaluation import likelihood, measures
from fidle_vae.evaluation.measures import MEASURES, kl_per_dimension, measure
from fidle_vae.evaluation.mmd import squared_mmd
from fidle_vae.models.layers import SamplingLayer
from tests.helpers.small_evaluation import DEAD, SHAPE, small_classifier, small_dataset, small_vae

pytestmark = pytest.mark.core


@pytest.fixture(scope="module")
def data():
    return small_dataset()


@pytest.fixture(scope="module")
def vae():
    return small_vae()


@pytest.fixture(scope="module")
def found(vae, data):
    return measure(vae, data, samples=200, classifier=small_classifier())


def codes_of(vae, x):
    return [ops.convert_to_numpy(code).astype(float) for code in vae.encoder(x)]


def test_a_planted_dead_dimension_is_counted_inactive_and_shows_no_kl(found):
    assert found.measures["active_units"] == (2, None)
    assert found.kl_per_dimension[DEAD] == 0
    assert np.delete(found.kl_per_dimension, DEAD).min() > 0.3


def test_the_kl_of_the_dimensions_add_up_to_the_kl(found):
    assert sum(found.kl_per_dimension) == pytest.approx(found.measures["kl"].value, rel=1e-5)


def test_the_kl_of_a_dimension_is_the_integral_that_defines_it():
    means, log_vars = np.array([[0.0, 1.5], [-1.0, 0.2]]), np.array([[0.5, -2.0], [-1.0, 0.0]])
    expected = np.empty((2, 2))
    for i in np.ndindex(2, 2):
        q, p = stats.norm(means[i], np.exp(log_vars[i] / 2)), stats.norm()
        expected[i] = integrate.quad(
            lambda z, q=q, p=p: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), *q.interval(1 - 1e-12)
        )[0]
    assert kl_per_dimension(means, log_vars) == pytest.approx(expected.mean(axis=0), rel=1e-6)


def test_the_terms_add_up(found):
    value = {name: estimate.value for name, estimate in found.measures.items()}
    assert value["elbo"] == pytest.approx(-(value["reconstruction"] + value["kl"]))
    assert value["nll"] < -value["elbo"] - 0.1
    information = value["mutual_information"] + value["aggregate_kl"]
    assert information == pytest.approx(value["kl"], rel=1e-5)
    assert 0.5 < value["mutual_information"] < np.log(80)


def test_the_elbo_is_that_of_keras_evaluate(vae, data, found):
    runs = [vae.evaluate(data.x_test, verbose=0, return_dict=True) for _ in range(20)]
    for measured, name, scale in (("elbo", "elbo", 1), ("reconstruction", "r_loss", 16)):
        values = scale * np.array([run[name] for run in runs])
        # Keras draws one z for each image, `measure` 200
        error = values.std(ddof=1) * np.sqrt(1 / 20 + 1 / 200)
        assert abs(values.mean() - found.measures[measured].value) < 4 * error
    assert found.measures["kl"].value == pytest.approx(runs[0]["kl_loss"], rel=1e-4)


def test_the_nll_is_the_integral_over_the_latent_space(vae, data, found):
    axis = np.linspace(-6, 6, 121)
    z = np.stack([*np.meshgrid(axis, axis), np.zeros((121, 121))], axis=-1).reshape(-1, 3)
    x_hat = vae.decode(z).reshape(-1, 16).astype(float)
    x = data.x_test.reshape(-1, 16).astype(float)
    log_p = x @ np.log(x_hat).T + (1 - x) @ np.log(1 - x_hat).T
    prior = stats.norm.pdf(z[:, :2]).prod(axis=1) * 0.1**2  # the dead dimension integrates to 1
    exact = -np.log(np.exp(log_p) @ prior).mean()
    assert found.measures["nll"].value == pytest.approx(exact, abs=0.02)


def test_standard_errors_are_over_images_and_shrink_with_the_root_of_their_number(vae, data):
    few, many = (
        measure(vae, small_dataset(train=30, test=n, labelled=False), samples=20).measures
        for n in (100, 1600)
    )
    for name in ("elbo", "reconstruction", "kl", "nll", "mutual_information", "aggregate_kl"):
        assert few[name].error / many[name].error == pytest.approx(4, rel=0.3)
    one_by_one = likelihood.importance_sampling(vae.encoder, vae.decoder, data.x_test, samples=20)
    again = measure(vae, data, samples=20).measures
    assert again["nll"].error == pytest.approx(stats.sem(one_by_one.nll))
    assert again["elbo"].error == pytest.approx(stats.sem(one_by_one.elbo))


def test_the_same_seed_gives_the_same_numbers_and_another_one_others(vae, data, found):
    classifier = small_classifier()
    again, other = (
        measure(vae, data, samples=200, classifier=classifier, seed=seed) for seed in (0, 1)
    )
    assert again == found
    for name in (
        "elbo", "reconstruction", "nll", "mutual_information", "aggregate_kl", "squared_mmd",
        "frechet_distance",
    ):  # fmt: skip
        assert other.measures[name].value != found.measures[name].value
    for name in ("kl", "active_units", "knn_accuracy", "frechet_floor"):
        assert other.measures[name] == found.measures[name]


@pytest.mark.parametrize(("log_var", "sigma"), [(0.0, 1.0), (np.log(0.25), 0.5)])
def test_mmd_is_that_of_draws_of_z_from_the_prior(log_var, sigma):
    """With mean 0 for every image, z ~ N(0, sigma^2), except N(0, 1) in the dead dimension."""
    vae = small_vae(mean=0.0, log_var=log_var)
    value, error = measure(vae, small_dataset(10, 500, labelled=False), samples=1).measures[
        "squared_mmd"
    ]
    rng = np.random.default_rng(0)
    codes = rng.standard_normal((4000, 3)) * [sigma, sigma, 1]
    exact = squared_mmd(codes, rng.standard_normal((4000, 3))).value
    assert abs(value - exact) < 3 * error
    assert (exact > 6 * error) == (sigma < 1)


def test_codes_without_information_have_none():
    vae = small_vae(mean=0.0, log_var=0.0)
    found = measure(vae, small_dataset(60, 60, labelled=False), samples=2).measures
    assert found["active_units"].value == 0
    assert found["kl"].value == pytest.approx(0, abs=1e-6)
    assert found["mutual_information"].value == pytest.approx(0, abs=1e-6)


def test_class_measures_are_fitted_on_training_codes_and_scored_on_test_codes(vae, data, found):
    train, test = (codes_of(vae, x)[0] for x in (data.x_train, data.x_test))
    votes = [
        np.bincount(data.y_train[np.argsort(np.sum((train - code) ** 2, axis=1))[:5]]).argmax()
        for code in test
    ]
    assert found.measures["knn_accuracy"].value == np.mean(votes == data.y_test)
    assert found.measures["knn_accuracy"].error == pytest.approx(stats.sem(votes == data.y_test))
    assert 0.7 < found.measures["knn_accuracy"].value < 1
    wrong = data._replace(y_train=(data.y_train == 0).astype(int))  # wrong for all three classes
    fooled = measure(vae, wrong, samples=1).measures
    for name in ("knn_accuracy", "probe_accuracy"):
        assert found.measures[name].value > 0.7
        assert fooled[name].value < 0.3
    for name in ("ari", "nmi"):  # computed from test codes only
        assert fooled[name] == found.measures[name]
        assert 0.3 < fooled[name].value < 1


def test_identical_samples_give_the_closed_forms(data):
    """With a decoder that ignores z, all samples are one image, of one class."""
    image = np.clip(data.x_train[0], 0.05, 0.95)
    classifier = small_classifier()
    vae = small_vae(decode=0.0)
    vae.decoder.layers[1].set_weights(
        [np.zeros((3, 16)), np.log(image.ravel() / (1 - image.ravel()))]
    )
    found = measure(vae, data, samples=1, classifier=classifier).measures
    held_out, sample = (
        ops.convert_to_numpy(classifier(x)[0]).astype(float) for x in (data.x_test, image[None])
    )
    expected = np.sum((held_out.mean(axis=0) - sample[0]) ** 2) + np.trace(np.cov(held_out.T))
    assert found["frechet_distance"].value == pytest.approx(expected, rel=1e-4)
    assert found["class_coverage"].value == pytest.approx(1)


def gaussian_distance(a, b):
    """Return the Frechet distance of two sets of features, by SciPy's matrix square root."""
    root = linalg.sqrtm(np.cov(a.T) @ np.cov(b.T)).real
    means = np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2)
    return means + np.trace(np.cov(a.T) + np.cov(b.T) - 2 * root)


def test_the_floor_is_the_distance_of_equally_many_training_images(data, found):
    classifier = small_classifier()
    training, held_out = (
        ops.convert_to_numpy(classifier(x)[0]).astype(float)
        for x in (data.x_train[:80], data.x_test)
    )
    floor = found.measures["frechet_floor"].value
    assert floor == pytest.approx(gaussian_distance(training, held_out), rel=1e-4)
    assert found.measures["frechet_distance"].value > 2 * floor


def test_samples_are_decoded_from_the_prior_not_from_codes(data):
    """The codes lie far away, at 4; they decode to other images than the prior."""
    vae, classifier = small_vae(shift=4.0), small_classifier()
    data = data._replace(x_test=np.tile(data.x_test, (10, 1, 1, 1)), y_test=None)
    found = measure(vae, data, samples=1, classifier=classifier).measures
    z = np.random.default_rng(3).standard_normal((20_000, 3))
    features, held_out = (
        ops.convert_to_numpy(classifier(x)[0]).astype(float) for x in (vae.decode(z), data.x_test)
    )
    expected = gaussian_distance(features, held_out)
    assert found["frechet_distance"].value == pytest.approx(expected, rel=0.15)
    far = ops.convert_to_numpy(classifier(vae.decode(z + np.array([4, 4, 0])))[0]).astype(float)
    assert abs(gaussian_distance(far, held_out) / expected - 1) > 0.5


def test_binarized_images_are_measured_if_requested(vae, data, monkeypatch):
    seen = []

    def note(encoder, decoder, x, **kwargs):
        seen.append(x)
        return likelihood.importance_sampling(encoder, decoder, x, **kwargs)

    def note_codes(*labelled):
        seen.append(labelled[0])
        return knn_accuracy(*labelled)

    knn_accuracy = measures.knn_accuracy
    monkeypatch.setattr(measures, "importance_sampling", note)
    monkeypatch.setattr(measures, "knn_accuracy", note_codes)
    classifier = small_classifier()
    found = measure(vae, data, samples=5, binarized=True, classifier=classifier)
    grey = measure(vae, data, samples=5, classifier=classifier)
    x, codes, x_grey, codes_grey = seen
    assert (found.pixels, grey.pixels) == ("binarized", "grey")
    assert set(np.unique(x)) == {0, 1}
    np.testing.assert_array_equal(x_grey, data.x_test)
    assert x.mean() == pytest.approx(x_grey.mean(), abs=0.05)
    # training codes are of binarized images, too, whose mean is that of the grey ones
    assert np.abs(codes - codes_grey).max() > 1
    np.testing.assert_allclose(codes.mean(axis=0), codes_grey.mean(axis=0), atol=0.5)
    of_these = likelihood.importance_sampling(vae.encoder, vae.decoder, x, samples=5)
    assert found.measures["nll"].value == pytest.approx(of_these.nll.mean())
    assert found.measures["kl"].value > grey.measures["kl"].value + 0.1  # codes lie farther apart
    assert found.measures["frechet_floor"] == grey.measures["frechet_floor"]
    other = measure(vae, data, samples=5, binarized=True, seed=1)
    assert other.measures["kl"] != found.measures["kl"]


def test_without_labels_or_classifier_their_measures_are_left_out(vae, data, found):
    unlabelled = small_dataset(labelled=False)
    left_out = {"knn_accuracy", "probe_accuracy", "ari", "nmi"}
    of_samples = {"frechet_distance", "frechet_floor", "class_coverage"}
    assert set(found.measures) - set(measure(vae, unlabelled, samples=1).measures) == (
        left_out | of_samples
    )
    assert set(found.measures) - set(measure(vae, data, samples=1).measures) == of_samples


def test_every_measure_is_explained_in_the_order_of_the_table(vae, found):
    assert [name for name in MEASURES if name in found.measures] == list(found.measures)
    assert set(MEASURES) - set(found.measures) == {"nll_integrated"}  # up to two dimensions only


def test_the_evaluation_holds_what_was_measured(vae, data):
    found = measure(vae, data, samples=3)
    assert (found.images, found.samples, found.pixels) == (80, 3, "grey")


def test_a_functional_model_is_measured_as_the_vae_of_the_same_networks(vae, data, found):
    x = keras.Input(SHAPE)
    z_mean, z_log_var = vae.encoder(x)
    functional = keras.Model(x, vae.decoder(SamplingLayer()([z_mean, z_log_var])))
    assert measure(functional, data, samples=200, classifier=small_classifier()) == found


def test_more_samples_of_z_do_not_raise_the_nll(vae, data):
    nll = [measure(vae, data, samples=n).measures["nll"].value for n in (1, 5, 50, 500)]
    assert all(more < fewer for fewer, more in pairwise(nll))


def autoencoder_of(vae):
    """Return an autoencoder with the VAE's decoder; its encoder returns points."""
    encoder = keras.Sequential(
        [keras.Input(SHAPE), layers.Flatten(), layers.Dense(3)], name="encoder"
    )
    x = keras.Input(SHAPE)
    return keras.Model(x, vae.decoder(encoder(x)), name="plain")


def test_an_autoencoder_has_no_elbo_but_all_measures_of_points(vae, data):
    model = autoencoder_of(vae)
    found = measure(model, data, classifier=small_classifier())
    assert set(MEASURES) - set(found.measures) == {
        "elbo", "kl", "nll", "nll_integrated", "mutual_information", "aggregate_kl",
    }  # fmt: skip
    assert (found.kl_per_dimension, found.samples) == ([], 0)
    x_hat = np.clip(model.predict(data.x_test, verbose=0), 1e-7, 1 - 1e-7)
    nll = -(data.x_test * np.log(x_hat) + (1 - data.x_test) * np.log(1 - x_hat))
    expected = nll.sum(axis=(1, 2, 3)).mean()
    assert found.measures["reconstruction"].value == pytest.approx(expected, rel=1e-5)
    codes = model.get_layer("encoder").predict(data.x_test, verbose=0)
    assert found.measures["active_units"].value == (codes.var(axis=0) > 0.01).sum()


def test_without_an_encoder_only_samples_are_judged(vae, data):
    found = measure(vae.decoder, data, classifier=small_classifier())
    assert set(found.measures) == {"frechet_distance", "frechet_floor", "class_coverage"}


def conditional(vae):
    """Return a model whose decoder takes the class beside z."""
    z, c = keras.Input((3,)), keras.Input((2,))
    image = vae.decoder(layers.Add()([z, layers.Dense(3)(c)]))
    x = keras.Input(SHAPE)
    decoder = keras.Model([z, c], image, name="decoder")
    return keras.Model([x, c], decoder([vae.encoder(x)[0], c]), name="of a class")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda vae: vae.encoder, "evaluate needs a layer named 'decoder'; the model has .*: give"),
        (conditional, "model of a class has a decoder that takes the class beside z, .*: give a"),
    ],
)
def test_a_model_that_cannot_be_measured_raises_before_any_work(
    vae, data, monkeypatch, spoil, sentence
):
    monkeypatch.setattr(measures, "importance_sampling", lambda *_, **__: pytest.fail("worked"))
    with pytest.raises(ValueError, match=f"^{sentence}"):
        measure(spoil(vae), data)


def test_images_of_another_shape_raise_before_any_work(vae, data, monkeypatch):
    monkeypatch.setattr(measures, "binarize", lambda *_: pytest.fail("worked"))
    wrong = data._replace(x_test=np.zeros((9, 5, 4, 1), "float32"))
    with pytest.raises(ValueError, match=r"^dataset small has images of shape \(5, 4, 1\), and "):
        measure(vae, wrong, binarized=True)


def test_memory_does_not_grow_with_images_and_samples(monkeypatch):
    """The largest batch of z that is decoded at once stays the same."""
    shapes = []

    class Noting(likelihood._Reconstruction):
        def predict_on_batch(self, inputs):
            shapes.append(inputs[1].shape)
            return np.zeros(inputs[1].shape[:2])

    monkeypatch.setattr(likelihood, "_Reconstruction", Noting)
    vae = small_vae()
    for n, samples in ((3, 5000), (700, 20), (1, 1), (2500, 1), (2, 1000)):
        shapes.clear()
        x = np.zeros((n, *SHAPE), "float32")
        likelihood.importance_sampling(vae.encoder, vae.decoder, x, samples=samples)
        assert sum(images * count for images, count, _ in shapes) == n * samples
        assert max(images * count for images, count, _ in shapes) <= 1000
