import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.models import VAE, build_decoder, build_encoder
from fidle_vae.models.own_terms import OwnTermsVAE

pytestmark = pytest.mark.core
SHAPE = (8, 8, 1)
IMAGES = np.random.default_rng(0).integers(0, 2, (30, *SHAPE)).astype("float32")


def networks():
    keras.utils.set_random_seed(3)
    return [build("mlp", SHAPE, 2) for build in (build_encoder, build_decoder)]


def measured(model, images=IMAGES):
    model.compile()
    return model.evaluate(images, batch_size=10, verbose=0, return_dict=True)


def test_with_the_usual_terms_it_is_the_negative_elbo():
    own, usual = (
        measured(kind(*networks(), seed=5, **options))
        for kind, options in ((OwnTermsVAE, {}), (VAE, {"loss_weights": "elbo"}))
    )
    for name in ("elbo", "kl_loss", "r_loss"):
        assert own[name] == pytest.approx(usual[name], rel=1e-4)
    assert own["loss"] == pytest.approx(-own["elbo"], rel=1e-5)


def test_many_draws_are_the_mean_of_one_draw_of_each_copy():
    encoder, decoder = networks()
    many = OwnTermsVAE(encoder, decoder, draws=7, seed=5)
    x_hat, z_mean, z_log_var = many(IMAGES[:2])
    assert x_hat.shape == (14, *SHAPE)
    codes = ops.convert_to_numpy(z_mean)
    assert codes[:7] == pytest.approx(np.tile(codes[:1], (7, 1)))  # the draws of an image in a row
    draws = ops.convert_to_numpy(x_hat)
    assert np.ptp(draws[:7], axis=0).max() > 1e-4
    x = np.repeat(IMAGES[:2], 7, axis=0)
    nll = -(x * np.log(draws) + (1 - x) * np.log(1 - draws)).sum(axis=(1, 2, 3)).mean()
    kl = (codes**2 + np.exp(ops.convert_to_numpy(z_log_var)) - 1) / 2
    kl = (kl - ops.convert_to_numpy(z_log_var) / 2).sum(axis=1).mean()
    loss = many.compute_loss(IMAGES[:2], y_pred=(x_hat, z_mean, z_log_var))
    assert ops.convert_to_numpy(loss) == pytest.approx(nll + kl, rel=1e-4)


def test_its_kl_and_its_noise_can_be_others():
    def a_kl(z_mean, z_log_var):
        return 0 * z_mean[:, 0] + 3

    own = OwnTermsVAE(*networks(), kl=a_kl, scale=lambda v: 0 * v, seed=5)
    found = measured(own)
    assert found["kl_loss"] == pytest.approx(3)
    x_hat = own.reconstruct(IMAGES)  # without noise, as z_mean is decoded
    nll = -(IMAGES * np.log(x_hat) + (1 - IMAGES) * np.log(1 - x_hat)).sum(axis=(1, 2, 3))
    assert found["elbo"] == pytest.approx(-nll.mean() - 3, rel=1e-4)


def test_it_learns_with_several_draws():
    own = OwnTermsVAE(*networks(), draws=3, seed=5)
    own.compile(keras.optimizers.Adam(3e-3))
    losses = own.fit(IMAGES, batch_size=10, epochs=4, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_at_least_one_draw_is_needed():
    with pytest.raises(ValueError, match="draws must be"):
        OwnTermsVAE(*networks(), draws=0)
