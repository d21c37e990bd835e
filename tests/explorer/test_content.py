import io
import json

import keras
import numpy as np
import pytest
from PIL import Image

from fidle_vae.data.datasets import Dataset
from fidle_vae.explorer.content import explorer_content
from fidle_vae.models.latent_space import LatentPlane
from fidle_vae.models.layers import SamplingLayer, VariationalLossLayer
from fidle_vae.models.parts import parts


def make_dataset(images, labels=None, names=()):
    return Dataset(images[:10], None, images, labels, "blobs", "here", "", names)


@pytest.fixture
def blobs(images):
    return make_dataset(images, np.arange(70) % 3, ("round", "flat", "long"))


def read(reference, data):
    count = int(np.prod(reference["shape"]))
    array = np.frombuffer(data, reference["dtype"], count, reference["offset"])
    return array.reshape(reference["shape"])


def read_tile(images, data, index):
    png = read(images["png"], data).tobytes()
    picture = np.asarray(Image.open(io.BytesIO(png)))
    row, column = divmod(index, images["columns"])
    h, w = images["height"], images["width"]
    return picture[row * h : (row + 1) * h, column * w : (column + 1) * w]


def test_codes_are_the_encoders_means_of_the_held_out_images(make_vae, blobs):
    vae = make_vae()
    content, data = explorer_content({"blob": vae}, blobs)
    codes = read(content["models"][0]["codes"], data)
    np.testing.assert_allclose(codes, vae.encode(blobs.x_test)[0], atol=1e-6)
    assert read(content["labels"], data).tolist() == blobs.y_test.tolist()
    assert content["classNames"] == ["round", "flat", "long"]
    assert "plane" not in content


def test_every_image_is_a_tile_of_the_picture(make_vae, blobs):
    content, data = explorer_content({"blob": make_vae()}, blobs)
    assert content["images"]["count"] == 70
    for index in (0, 1, 49, 50, 69):
        tile = read_tile(content["images"], data, index)
        np.testing.assert_array_equal(tile, np.rint(255 * blobs.x_test[index, ..., 0]))


def test_images_in_colour_keep_their_channels(make_vae):
    images = np.random.default_rng(0).random((7, 8, 8, 3)).astype("float32")
    content, data = explorer_content({"c": make_vae(shape=(8, 8, 3))}, make_dataset(images))
    np.testing.assert_array_equal(read_tile(content["images"], data, 6), np.rint(255 * images[6]))
    assert "labels" not in content


def test_the_number_of_codes_is_limited(make_vae, blobs):
    content, data = explorer_content({"blob": make_vae()}, blobs, codes=12)
    assert read(content["models"][0]["codes"], data).shape == (12, 2)
    assert read(content["labels"], data).tolist() == blobs.y_test[:12].tolist()
    assert content["images"]["count"] == 12


def test_beyond_two_dimensions_the_plane_of_largest_variance_is_described(make_vae, blobs):
    vae = make_vae(latent_dim=5)
    content, data = explorer_content({"blob": vae}, blobs)
    codes = read(content["models"][0]["codes"], data).astype(float)
    assert content["plane"]["label"] == "PCA"
    axes = np.array(content["plane"]["axes"])
    _, _, expected = np.linalg.svd(codes - codes.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(np.sum(axes * expected[:2], axis=1)), 1, atol=1e-5)
    np.testing.assert_allclose(content["plane"]["origin"], codes.mean(axis=0), atol=1e-5)


def test_two_models_share_the_same_images(make_vae, blobs):
    one, two = make_vae(seed=1), make_vae(seed=2)
    content, data = explorer_content({"one": one, "two": two}, blobs)
    assert content["title"] == "one and two · blobs"
    for model, vae in zip(content["models"], (one, two), strict=True):
        expected = vae.encode(blobs.x_test)[0]
        np.testing.assert_allclose(read(model["codes"], data), expected, atol=1e-6)


def test_content_can_be_written_as_json(make_vae, blobs):
    content, _ = explorer_content({"blob": make_vae(latent_dim=3)}, blobs, title="a title")
    again = json.loads(json.dumps(content, allow_nan=False))
    assert again == content
    assert again["title"] == "a title"
    assert again["models"][0]["note"].startswith("beta 0.064, decoder of ")  # 64 pixels * 1e-3


def test_the_encoder_travels_along_where_the_page_can_run_it(make_vae, blobs):
    content, _ = explorer_content({"grey": make_vae()}, blobs)
    assert content["models"][0]["encoder"]["inputShape"] == [8, 8, 1]
    content, _ = explorer_content({"colour": make_vae(shape=(8, 8, 3))})
    assert "encoder" not in content["models"][0]


@pytest.mark.parametrize(
    ("trained_on", "notice"),
    [
        ("mnist", "trained on mnist, shown on blobs"),
        ({"one": "mnist", "two": "mnist"}, "trained on mnist, shown on blobs"),
        ({"one": "blobs", "two": "mnist"}, "two was trained on mnist, shown on blobs"),
        (
            {"one": "digits", "two": "mnist"},
            "one was trained on digits and two was trained on mnist, shown on blobs",
        ),
        ("blobs", None),
        ({"one": "blobs", "two": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_models_trained_on_another_dataset_are_named(make_vae, blobs, trained_on, notice):
    models = {"one": make_vae(), "two": make_vae()}
    content, _ = explorer_content(models, blobs, trained_on=trained_on)
    assert content.get("notice") == notice
    assert "notice" not in explorer_content(models, None, trained_on=trained_on)[0]


def test_a_bare_decoder_has_no_codes(make_vae, blobs):
    decoder = make_vae().decoder
    content, _ = explorer_content({"decoder": decoder}, blobs)
    assert "codes" not in content["models"][0]
    assert "images" not in content
    assert parts(decoder) == (None, decoder)


@pytest.mark.parametrize("latent_dim", [4, 9, 200])
def test_without_codes_the_plane_and_its_start_are_where_the_draws_are(make_vae, latent_dim):
    content, _ = explorer_content({"bare": make_vae(latent_dim=latent_dim).decoder})
    start, plane = np.array(content["start"]), content["plane"]
    lengths = np.linalg.norm(np.random.default_rng(1).standard_normal((10_000, latent_dim)), axis=1)
    assert np.square(start).sum() == pytest.approx(np.square(lengths).mean(), rel=0.02)
    assert np.abs(start).max() < np.linalg.norm(start)  # on no axis
    inner, outer = plane["shell"]
    assert ((inner < lengths) & (lengths < outer)).mean() == pytest.approx(0.95, abs=0.01)
    plane = LatentPlane(plane["origin"], plane["axes"], tuple(plane["names"]))
    np.testing.assert_allclose(plane.project(start), [np.linalg.norm(start), 0], atol=1e-9)


def test_the_plane_goes_through_a_chosen_start(make_vae):
    decoder = make_vae(latent_dim=3).decoder
    for start in ([0.5, -1, 2], [0, 0, 0]):
        content, _ = explorer_content({"bare": decoder}, start=start)
        axes = np.array(content["plane"]["axes"])
        np.testing.assert_allclose(axes @ axes.T, np.eye(2), atol=1e-9)
        np.testing.assert_allclose(start @ axes.T @ axes, start, atol=1e-9)


def test_the_start_can_be_chosen(make_vae, blobs):
    vae = make_vae(latent_dim=3)
    for arguments in ({"bare": vae.decoder}, None), ({"codes": vae}, blobs):
        content, _ = explorer_content(*arguments, start=np.array([0.5, -1, 2]))
        assert content["start"] == [0.5, -1, 2]
    for wrong in ([1, 2], [[1, 2, 3]], [1, 2, float("nan")]):
        with pytest.raises(ValueError, match="start must be a latent point of 3 finite numbers"):
            explorer_content({"bare": vae.decoder}, start=wrong)


def test_in_many_dimensions_the_start_is_the_first_code(make_vae, blobs):
    deep = make_vae(latent_dim=5)
    first, _ = deep.encode(blobs.x_test[:1])
    for models in ({"codes": deep}, {"bare": deep.decoder, "codes": deep}):
        content, _ = explorer_content(models, blobs)
        np.testing.assert_allclose(content["start"], first[0], atol=1e-5)


def test_in_two_dimensions_the_start_is_the_centre_of_the_prior(make_vae, blobs):
    flat = make_vae()
    for models, dataset in ({"bare": flat.decoder}, None), ({"codes": flat}, blobs):
        assert "start" not in explorer_content(models, dataset)[0]


def test_the_networks_of_a_functional_vae_are_found(make_vae, blobs):
    vae = make_vae()
    inputs = keras.Input((8, 8, 1))
    z_mean, z_log_var = vae.encoder(inputs)
    x_hat = vae.decoder(SamplingLayer()([z_mean, z_log_var]))
    outputs = VariationalLossLayer((1.0, 1e-3))([inputs, z_mean, z_log_var, x_hat])
    model = keras.Model(inputs, outputs)
    assert parts(model) == (vae.encoder, vae.decoder)
    content, data = explorer_content({"functional": model}, blobs)
    expected = vae.encode(blobs.x_test)[0]
    np.testing.assert_allclose(read(content["models"][0]["codes"], data), expected, atol=1e-6)


def test_an_encoder_that_returns_only_codes_works(make_vae, blobs):
    decoder = make_vae().decoder
    inputs = keras.Input((8, 8, 1))
    z = keras.layers.Dense(2)(keras.layers.Flatten()(inputs))
    encoder = keras.Model(inputs, z, name="encoder")
    model = keras.Model(inputs, decoder(encoder(inputs)))
    content, data = explorer_content({"autoencoder": model}, blobs)
    expected = encoder.predict(blobs.x_test, verbose=0)
    np.testing.assert_allclose(read(content["models"][0]["codes"], data), expected, atol=1e-6)


def test_single_precision_keeps_the_weights_as_they_are(make_vae):
    vae = make_vae()
    sizes = [len(explorer_content({"a": vae}, precision=p)[1]) for p in ("float16", "float32")]
    weights = vae.encoder.count_params() + vae.decoder.count_params()
    assert sizes[0] < 2.1 * weights < 4 * weights <= sizes[1]


@pytest.mark.parametrize(
    ("dims", "options", "message"),
    [
        ([], {}, "models must be one or two, .* got 0"),
        ([2, 2, 2], {}, "models must be one or two, .* got 3"),
        ([2, 3], {}, "one latent_dim, to share a plane; m0 has 2 and m1 has 3: explore them one"),
        ([2], {"codes": 0}, "codes must be an integer of 1 or more; got 0: try 2000"),
        ([2], {"precision": "int8"}, "precision must be 'float16' or 'float32', got 'int8'"),
    ],
)
def test_content_that_cannot_be_shown_raises(make_vae, blobs, dims, options, message):
    models = {f"m{i}": make_vae(latent_dim=dim) for i, dim in enumerate(dims)}
    with pytest.raises(ValueError, match=message):
        explorer_content(models, blobs, **options)


def test_images_of_another_shape_raise_and_name_the_dataset(make_vae):
    other = make_dataset(np.zeros((4, 9, 9, 1), "float32"))
    with pytest.raises(ValueError, match=r"dataset blobs has .*\(9, 9, 1\), and model a takes .*8"):
        explorer_content({"a": make_vae()}, other)
