"""The conditional VAE: what it computes, that it obeys, and what it refuses."""

import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.models import ConditionalVAE, build_decoder, build_encoder
from fidle_vae.models.losses import bernoulli_nll, gaussian_kl
from fidle_vae.models.vae import VAE

pytestmark = pytest.mark.core
SHAPE, CLASSES = (6, 6, 1), 3


def networks(classes=CLASSES, decoder_classes=None):
    decoder_classes = classes if decoder_classes is None else decoder_classes
    return build_encoder("mlp", SHAPE, 2, classes), build_decoder("mlp", SHAPE, 2, decoder_classes)


@pytest.fixture
def cvae():
    keras.utils.set_random_seed(1)
    model = ConditionalVAE(*networks(), loss_weights="elbo", seed=3)
    model.compile(keras.optimizers.Adam(3e-3))
    return model


@pytest.fixture(scope="module")
def stripes():
    """Return images whose class says which third is white, and a style, how bright it is."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, CLASSES, 600)
    images = np.zeros((600, *SHAPE), "float32")
    for image, label, bright in zip(images, labels, rng.uniform(0.2, 1, 600), strict=True):
        image[2 * label : 2 * label + 2] = bright
    return images, labels


def test_the_loss_is_that_of_its_two_networks(cvae, stripes):
    images, labels = stripes[0][:8], stripes[1][:8]
    x_hat, z_mean, z_log_var = cvae((images, labels))
    found = cvae.compute_loss((images, labels), None, (x_hat, z_mean, z_log_var))
    one_hot = np.eye(CLASSES, dtype="float32")[labels]
    for ours, theirs in zip((z_mean, z_log_var), cvae.encoder([images, one_hot]), strict=True):
        np.testing.assert_allclose(*map(ops.convert_to_numpy, (ours, theirs)), rtol=1e-5)
    nats = bernoulli_nll(images, x_hat) + gaussian_kl(z_mean, z_log_var)
    expected = ops.convert_to_numpy(ops.mean(nats)) / 36
    assert ops.convert_to_numpy(found) == pytest.approx(expected, rel=1e-5)


def test_it_draws_the_class_that_it_is_asked_for(cvae, stripes):
    cvae.fit(*stripes, batch_size=32, epochs=30, verbose=0)
    asked = np.repeat(np.arange(CLASSES), 50)
    drawn = cvae.sample(asked, seed=4)
    brightest = drawn.reshape(150, 3, -1).mean(axis=2).argmax(axis=1)
    assert (brightest == asked).mean() > 0.98


def test_what_it_returns_repeats_and_has_the_right_shapes(cvae, stripes):
    images, labels = stripes[0][:5], stripes[1][:5]
    z_mean, z_log_var = cvae.encode(images, labels)
    assert z_mean.shape == z_log_var.shape == (5, 2)
    np.testing.assert_array_equal(cvae.reconstruct(images, labels), cvae.decode(z_mean, labels))
    np.testing.assert_array_equal(cvae.sample(labels, seed=1), cvae.sample(labels, seed=1))
    scores = cvae.evaluate(images, labels, verbose=0, return_dict=True)
    assert set(scores) == {"loss", "r_loss", "kl_loss", "elbo"}


def test_the_condition_may_be_a_row_of_numbers(cvae, stripes):
    images, labels = stripes[0][:8], stripes[1][:8]
    rows = np.eye(CLASSES)[labels]
    for by_class, by_row in zip(
        cvae.encode(images, labels), cvae.encode(images, rows), strict=True
    ):
        np.testing.assert_array_equal(by_class, by_row)
    np.testing.assert_array_equal(cvae.sample(labels, seed=1), cvae.sample(rows, seed=1))
    cvae.fit(images, rows, verbose=0)
    halves = cvae.decode(np.zeros((1, 2)), [[0.5, 0.5, 0]])  # between two classes
    assert halves.shape == (1, *SHAPE)


def test_held_out_images_are_given_with_their_classes(cvae, stripes):
    history = cvae.fit(*stripes, epochs=1, validation_data=stripes, verbose=0).history
    assert {"val_elbo", "elbo"} <= set(history)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "x and y must be 600 integers from 0 to 2, the classes, or 600 rows of 3 numbers"),
        ((np.zeros(3, int),), r"got an array of shape \(3,\): give one for each image"),
        ((np.full(600, 3),), "x and y must be 600 integers from 0 to 2"),
        ((np.ones((600, 4)),), r"got an array of shape \(600, 4\)"),
    ],
)
def test_images_without_their_classes_are_refused(cvae, stripes, arguments, says):
    for method in (cvae.fit, cvae.evaluate):
        with pytest.raises(ValueError, match=says):
            method(stripes[0], *arguments)


def test_networks_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="must take a condition as their second input"):
        ConditionalVAE(*networks(0))
    with pytest.raises(ValueError, match="use ConditionalVAE"):
        VAE(*networks())
    with pytest.raises(ValueError, match="decoder must take as many classes as the encoder, 3"):
        ConditionalVAE(*networks(3, 4))
    with pytest.raises(ValueError, match="condition must be an integer of 1 or more; got -1"):
        networks(-1)


def test_points_and_labels_that_do_not_fit_are_refused(cvae):
    with pytest.raises(ValueError, match="z must have shape"):
        cvae.decode(np.zeros(2), [0])
    with pytest.raises(
        ValueError, match="labels must be 1 integers from 0 to 2, the classes, or 1 rows"
    ):
        cvae.decode(np.zeros((1, 2)), [3])
