import hashlib
import zipfile

import h5py
import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae.models.losses import bernoulli_nll, gaussian_kl
from fidle_vae.models.networks import build_decoder, build_encoder
from fidle_vae.models.vae import VAE
from fidle_vae.runs.saved_models import PRETRAINED

pytestmark = pytest.mark.core


def without_noise(vae):
    """Make q(z given x) so narrow that a sample equals its mean, and results are known."""
    head = vae.encoder.get_layer("z_log_var")
    head.kernel.assign(np.zeros(head.kernel.shape))
    head.bias.assign([-40.0] * vae.latent_dim)
    return vae


def test_the_losses_are_means_over_images_with_the_last_partial_batch(images, make_vae):
    vae = without_noise(make_vae(loss_weights=(2.0, 0.5), learning_rate=0.0))
    history = vae.fit(images, batch_size=32, validation_data=images[:37], verbose=0).history

    z_mean, z_log_var = vae.encode(images)
    nll = ops.convert_to_numpy(bernoulli_nll(images, vae.reconstruct(images)))
    kl = ops.convert_to_numpy(gaussian_kl(z_mean, z_log_var))
    expected = {"loss": 2 * nll / 64 + kl / 2, "r_loss": nll / 64, "kl_loss": kl, "elbo": -nll - kl}
    assert set(history) == {p + name for p in ("", "val_") for name in expected}
    for name, values in expected.items():
        assert history[name] == [pytest.approx(values.mean(), rel=1e-5)]
        assert history[f"val_{name}"] == [pytest.approx(values[:37].mean(), rel=1e-5)]


def test_training_raises_the_held_out_elbo(images, make_vae):
    vae = make_vae(learning_rate=1e-2)
    history = vae.fit(images[:50], epochs=20, validation_data=images[50:], verbose=0).history
    assert history["val_elbo"][-1] > history["val_elbo"][0] + 5


def test_training_uses_noise_and_the_mean_reconstruction_does_not(images, make_vae):
    vae = make_vae()
    np.testing.assert_array_equal(vae.reconstruct(images), vae.reconstruct(images))
    x_hats = [ops.convert_to_numpy(vae(images).x_hat) for _ in range(2)]
    assert not np.allclose(*x_hats)


def test_batch_normalization_normalizes_by_the_batch_in_training_only(images, make_vae):
    vae = make_vae(kind="conv_bn", learning_rate=0.0)
    means = [v for v in vae.non_trainable_variables if v.path.endswith("moving_mean")]
    vae.evaluate(images, verbose=0)
    assert all(np.all(ops.convert_to_numpy(mean) == 0) for mean in means)
    vae.fit(images, verbose=0)
    assert all(np.any(ops.convert_to_numpy(mean) != 0) for mean in means)


@pytest.mark.parametrize(
    ("loss_weights", "beta"), [((1.0, 1e-3), 0.784), ((1.0, 5e-4), 0.392), ("elbo", 1.0)]
)
def test_beta_is_the_weight_of_the_kl_in_nats(make_vae, loss_weights, beta):
    vae = make_vae(shape=(28, 28, 1), loss_weights=loss_weights)
    assert vae.beta == pytest.approx(beta)


def test_the_elbo_weights_make_the_loss_the_negative_elbo_per_pixel(images, make_vae):
    logs = make_vae(loss_weights="elbo").evaluate(images, verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(-logs["elbo"] / 64, rel=1e-5)


def test_an_autoencoder_is_a_vae_without_its_prior(make_vae):
    assert make_vae(loss_weights=(1.0, 0.0)).beta == 0


def test_samples_are_decoded_draws_of_the_prior_and_the_seed_decides_them(make_vae):
    vae = make_vae()
    z = np.random.default_rng(4).standard_normal((300, 2), dtype="float32")
    np.testing.assert_array_equal(vae.sample(300, seed=4), vae.decode(z))
    assert not np.array_equal(vae.sample(5, seed=4), vae.sample(5, seed=5))


def test_any_size_of_image_and_latent_space_trains(make_vae):
    x = np.random.default_rng(0).random((6, 7, 5, 3), dtype="float32")
    vae = make_vae(kind="conv", shape=(7, 5, 3), latent_dim=6)
    vae.fit(x, verbose=0)
    assert vae.encode(x)[0].shape == (6, 6)
    assert vae.reconstruct(x).shape == x.shape


def test_black_and_white_images_of_other_types_train(images, make_vae):
    expected = make_vae().fit((images > 0.5).astype("float32"), verbose=0).history
    for dtype in ("bool", "uint8"):
        assert make_vae().fit((images > 0.5).astype(dtype), verbose=0).history == expected


def test_two_trainings_of_one_seed_give_identical_weights(images, make_vae):
    def digest(seed, kind="conv"):
        vae = make_vae(kind=kind, seed=seed)
        vae.fit(images, epochs=2, batch_size=32, verbose=0)
        return hashlib.sha256(b"".join(w.tobytes() for w in vae.get_weights())).hexdigest()

    assert digest(1) == digest(1)
    assert digest(1, "mlp") != digest(2, "mlp")


@pytest.mark.parametrize(
    "loss_weights",
    [(-1.0, 1.0), (1.0, -1e-3), (1.0, 1.0, 1.0), (0.0, 0.0), (1.0, float("inf")), "sum", 1.0],
)
def test_wrong_loss_weights_raise_with_the_value_and_a_hint(make_vae, loss_weights):
    with pytest.raises(ValueError, match=r"loss_weights must be two numbers .*; got .*: try"):
        make_vae(loss_weights=loss_weights)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda x: x * 255, r"{} must hold values in \[0, 1\]; got values from .* divide"),
        (lambda x: x - 0.5, r"{} must hold values in \[0, 1\]; got values from -0.5"),
        (
            lambda x: np.where(x > 0.9, np.nan, x),
            r"{} must hold finite values; got NaN or infinity in \d+ of \d+ im",
        ),
        (lambda x: x[:, :, :7], r"{} must hold images of shape \(8, 8, 1\).*\(70, 8, 7, 1\)"),
        (lambda x: x[..., 0], r"{} must hold images of shape \(8, 8, 1\).*\(70, 8, 8\)"),
    ],
)
def test_wrong_images_raise_before_any_work(images, make_vae, spoil, message):
    vae = make_vae()
    wrong = spoil(images)
    before = [ops.convert_to_numpy(v) for v in vae.variables]
    for name, work in (
        ("x", lambda: vae.fit(wrong, verbose=0)),
        ("validation_data", lambda: vae.fit(images, validation_data=wrong, verbose=0)),
        ("validation_data", lambda: vae.fit(images, validation_data=(wrong, None), verbose=0)),
        ("x", lambda: vae.evaluate(wrong, verbose=0)),
        ("x", lambda: vae.encode(wrong)),
        ("x", lambda: vae.reconstruct(wrong)),
    ):
        with pytest.raises(ValueError, match=message.format(name)):
            work()
    for variable, value in zip(vae.variables, before, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(variable), value)


@pytest.mark.parametrize("kind", ["tf.data", "PyDataset"])
def test_a_stream_of_wrong_images_raises_before_any_work(images, make_vae, kind):
    def stream(x):
        if kind == "PyDataset":
            return Grey(x)
        tf = pytest.importorskip("tensorflow")
        return tf.data.Dataset.from_tensor_slices(x).batch(32)

    class Grey(keras.utils.PyDataset):
        def __init__(self, x):
            super().__init__()
            self.x = x

        def __len__(self):
            return 1

        def __getitem__(self, index):
            return (self.x,)

    vae = make_vae()
    with pytest.raises(
        ValueError, match=r"^x must hold values in \[0, 1\]; got values from 0 to 25"
    ):
        vae.fit(stream(np.rint(images * 255)), verbose=0)
    with pytest.raises(ValueError, match=r"^validation_data must hold values in \[0, 1\]"):
        vae.fit(images, validation_data=stream(np.rint(images * 255)), verbose=0)
    vae.fit(stream(images), shuffle=False, verbose=0)


def test_one_image_without_a_batch_axis_raises_with_a_hint(images, make_vae):
    vae = make_vae()
    for work in (vae.encode, vae.reconstruct, vae.evaluate, vae.fit):
        with pytest.raises(ValueError, match=r"^x must be a batch, of shape \(n, 8, 8, 1\); got "):
            work(images[0])
    with pytest.raises(ValueError, match=r"got one image: take validation_data\[None\]\.$"):
        vae.fit(images, validation_data=images[0])
    assert vae.reconstruct(images[0][None]).shape == (1, 8, 8, 1)


def test_latent_points_of_another_dimension_raise(make_vae):
    with pytest.raises(ValueError, match=r"z must have shape \(n, 2\).* got \(4, 3\)"):
        make_vae().decode(np.zeros((4, 3)))


def test_networks_that_do_not_fit_raise_at_once():
    encoder, decoder = build_encoder("mlp", (8, 8, 1), 2), build_decoder("mlp", (8, 8, 1), 2)
    three = keras.Model(encoder.inputs, [*encoder.outputs, encoder.outputs[0]])
    for networks, message in (
        ((None, decoder), "encoder must be a functional or Sequential Keras model; got None"),
        ((encoder, None), "decoder must be a functional"),
        ((three, decoder), "encoder must return two tensors"),
        ((decoder, decoder), "encoder must return two tensors"),
        ((encoder, build_decoder("mlp", (8, 8, 1), 3)), "decoder must take the 2 latent dim.* 3"),
        ((encoder, build_decoder("mlp", (8, 9, 1), 2)), r"decoder must return .*\(8, 9, 1\)"),
    ):
        with pytest.raises(ValueError, match=message):
            VAE(*networks)


def test_the_share_of_the_kl_matters_in_training_only(images, make_vae):
    vae = without_noise(make_vae(loss_weights=(1.0, 0.5), learning_rate=0.0))
    whole = vae.evaluate(images, verbose=0, return_dict=True)
    vae.kl_share.assign(0.25)
    history = vae.fit(images, verbose=0).history
    part = vae.evaluate(images, verbose=0, return_dict=True)
    assert history["loss"] == [pytest.approx(whole["r_loss"] + whole["kl_loss"] / 8, rel=1e-5)]
    assert part == pytest.approx(whole, rel=1e-5)


def test_the_share_is_neither_trained_nor_saved(images, make_vae, tmp_path):
    vae = make_vae()
    assert vae.kl_share.path not in {v.path for v in vae.trainable_variables}
    vae.kl_share.assign(0.5)
    vae.save(tmp_path / "vae.keras")
    loaded = keras.saving.load_model(tmp_path / "vae.keras", compile=False)
    assert float(loaded.kl_share) == 1


def test_a_model_saved_before_the_share_existed_loads(tmp_path):
    """The pretrained model of the package is one."""
    with zipfile.ZipFile(PRETRAINED) as archive:
        archive.extract("model.weights.h5", tmp_path)
    with h5py.File(tmp_path / "model.weights.h5") as weights:
        assert not len(weights["vars"])
    assert float(keras.saving.load_model(PRETRAINED).kl_share) == 1
