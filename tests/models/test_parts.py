"""Models of every form work with everything in the package that takes a model."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from fidle_vae.data.datasets import Dataset
from fidle_vae.evaluation.measures import measure
from fidle_vae.explorer.content import explorer_content
from fidle_vae.films.morph import write_morph
from fidle_vae.films.training import write_training_film
from fidle_vae.models.layers import SamplingLayer
from fidle_vae.models.networks import build_decoder, build_encoder
from fidle_vae.models.parts import codes, forward, parts
from fidle_vae.models.vae import VAE
from fidle_vae.runs.run import Run
from fidle_vae.training.epoch_images import ImagesCallback, read_epochs
from fidle_vae.training.record import TrainingRecord

pytestmark = pytest.mark.core
SHAPE, CLASSES = (8, 8, 1), 3


def points_encoder():
    return keras.Sequential([keras.Input(SHAPE), layers.Flatten(), layers.Dense(2)], name="encoder")


def autoencoder():
    x = keras.Input(SHAPE)
    return keras.Model(x, build_decoder("mlp", SHAPE, 2)(points_encoder()(x)))


def functional():
    x = keras.Input(SHAPE)
    z = SamplingLayer(seed=1)(build_encoder("mlp", SHAPE, 2)(x))
    return keras.Model(x, build_decoder("mlp", SHAPE, 2)(z))


def sequential():
    return keras.Sequential([points_encoder(), build_decoder("mlp", SHAPE, 2)])


def with_a_draw():
    """Return a model whose encoder returns z_mean, z_log_var and a draw of z, as in tutorials."""
    x = keras.Input(SHAPE)
    z_mean, z_log_var = build_encoder("mlp", SHAPE, 2)(x)
    z = SamplingLayer(seed=1)([z_mean, z_log_var])
    encoder = keras.Model(x, [z_mean, z_log_var, z], name="encoder")
    x = keras.Input(SHAPE)
    return keras.Model(x, build_decoder("mlp", SHAPE, 2)(encoder(x)[2]))


def conditional():
    """Return a model whose networks take the class as a second input."""
    x, c = keras.Input(SHAPE), keras.Input((CLASSES,))
    flat = layers.Concatenate()([layers.Flatten()(x), c])
    encoder = keras.Model([x, c], layers.Dense(2)(flat), name="encoder")
    z, c = keras.Input((2,)), keras.Input((CLASSES,))
    image = layers.Dense(64, activation="sigmoid")(layers.Concatenate()([z, c]))
    decoder = keras.Model([z, c], layers.Reshape(SHAPE)(image), name="decoder")
    x, c = keras.Input(SHAPE), keras.Input((CLASSES,))
    return keras.Model([x, c], decoder([encoder([x, c]), c]))


def vae():
    return VAE(build_encoder("mlp", SHAPE, 2), build_decoder("mlp", SHAPE, 2), seed=1)


class Generator(keras.Model):
    """A model with a generator only, as in a GAN."""

    def __init__(self):
        super().__init__()
        self.generator = build_decoder("mlp", SHAPE, 2)


FORMS = {
    "VAE": vae,
    "functional": functional,
    "autoencoder": autoencoder,
    "sequential": sequential,
    "with a draw": with_a_draw,
    "conditional": conditional,
    "bare decoder": lambda: build_decoder("mlp", SHAPE, 2),
    "generator": Generator,
}
WITH_ENCODER = list(FORMS)[:6]


@pytest.fixture
def data(images):
    y = np.arange(len(images)) % CLASSES
    return Dataset(images[:40], y[:40], images[40:], y[40:], "blobs", "", "", ("a", "b", "c"))


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(1)


@pytest.mark.parametrize("form", WITH_ENCODER)
def test_codes_are_the_outputs_of_the_encoder(form, data):
    model = FORMS[form]()
    found = codes(model, data.x_test, data.y_test)
    inputs = data.x_test
    if form == "conditional":
        inputs = [inputs, keras.utils.to_categorical(data.y_test, CLASSES)]
    expected = keras.tree.flatten(parts(model).encoder(inputs, training=False))
    for array, tensor in zip(found, [*expected, None, None], strict=False):
        if tensor is None:
            assert array is None
        elif array is not found.draw:  # each call draws anew
            np.testing.assert_allclose(array, ops.convert_to_numpy(tensor), atol=1e-6)
    assert (found.log_var is None) == (form in ("autoencoder", "sequential", "conditional"))
    assert (found.draw is None) == (form != "with a draw")
    assert parts(model).is_gaussian == (found.log_var is not None)


@pytest.mark.parametrize("form", ["VAE", "conditional"])
@pytest.mark.parametrize("batch_size", [2, 7, 30])  # 15, 5 batches, the last of 2, and one
def test_the_codes_of_a_batch_do_not_depend_on_how_many_there_are(form, batch_size, data):
    model = FORMS[form]()
    inputs = data.x_test
    if form == "conditional":
        inputs = [inputs, keras.utils.to_categorical(data.y_test, CLASSES)]
    found = forward(parts(model).encoder, inputs, batch_size)
    once = parts(model).encoder(inputs, training=False)
    for array, tensor in zip(*map(keras.tree.flatten, (found, once)), strict=True):
        np.testing.assert_allclose(array, ops.convert_to_numpy(tensor), atol=1e-5)


def test_what_becomes_of_an_image_does_not_depend_on_its_batch(data):
    """Batch normalization goes by what it has learned, as after a training."""
    network = parts(VAE(build_encoder("conv_bn", SHAPE, 2), build_decoder("conv_bn", SHAPE, 2)))
    z, alone = (network.encode(x).mean for x in (data.x_test, data.x_test[:1]))
    np.testing.assert_allclose(alone, z[:1], atol=1e-5)
    np.testing.assert_allclose(network.decode(z[:1]), network.decode(z)[:1], atol=1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_every_decoder_decodes(form):
    network = parts(FORMS[form]())
    z = np.array([[0.5, -1], [2, 0]], "float32")
    inputs = [z, np.eye(CLASSES, dtype="float32")[[2, 0]]] if form == "conditional" else z
    expected = ops.convert_to_numpy(network.decoder(inputs, training=False))
    np.testing.assert_allclose(network.decode(z, np.array([2, 0])), expected, atol=1e-6)
    assert (network.latent_dim, network.image_shape) == (2, SHAPE)


def test_a_conditional_decoder_without_labels_shows_all_classes_in_turn():
    network = parts(conditional())
    assert network.classes == CLASSES
    z = np.zeros((5, 2), "float32")
    expected = network.decode(z, np.array([0, 1, 2, 0, 1]))
    np.testing.assert_array_equal(network.decode(z), expected)
    assert np.abs(expected[0] - expected[1]).max() > 1e-3


@pytest.mark.parametrize("form", FORMS)
def test_the_images_callback_writes_the_sheets_that_the_model_allows(form, data, tmp_path):
    callback = ImagesCallback(data.x_test[:6], tmp_path, y=data.y_test[:6])
    callback.set_model(FORMS[form]())
    callback.on_epoch_end(0)
    names = {name for name in ("decoded", "reconstructed") if read_epochs(tmp_path, name)}
    assert names == {"decoded"} | ({"reconstructed"} if form in WITH_ENCODER else set())


@pytest.mark.parametrize("form", WITH_ENCODER)
def test_the_record_of_every_model_becomes_a_film(form, data, tmp_path):
    run = Run("R", root=tmp_path)
    callback = TrainingRecord(data.x_test, data.y_test, run.film, class_names=data.class_names)
    callback.set_params({"steps": 2})
    callback.set_model(FORMS[form]())
    callback.on_train_begin()
    for epoch in range(2):
        callback.on_epoch_begin(epoch)
        callback.on_train_batch_end(0)
        callback.on_epoch_end(epoch, {"loss": 1.0 / (epoch + 1)})
    path = write_training_film("R", tmp_path / "film.gif", seconds=3, fps=2, run_dir=tmp_path)
    assert path.stat().st_size > 1000


def test_a_record_without_an_encoder_raises(data, tmp_path):
    callback = TrainingRecord(data.x_test, data.y_test, tmp_path)
    with pytest.raises(ValueError, match=r"^TrainingRecord needs a layer named 'encoder'; the mod"):
        callback.set_model(build_decoder("mlp", SHAPE, 2))


@pytest.mark.parametrize("form", FORMS)
def test_the_explorer_shows_every_decoder(form, data):
    content, _ = explorer_content({"m": FORMS[form]()}, data)
    assert (content["models"][0]["decoder"]["classes"] > 0) == (form == "conditional")
    assert ("codes" in content["models"][0]) == (form in WITH_ENCODER)


@pytest.mark.parametrize("form", FORMS)
def test_evaluation_measures_what_the_form_of_the_model_allows(form, data):
    model = FORMS[form]()
    if form == "conditional":
        with pytest.raises(ValueError, match=r"decoder that takes the class beside z, .*: give a"):
            measure(model, data, samples=3)
        return
    measures = measure(model, data, samples=3).measures
    assert ("elbo" in measures) == (form in ("VAE", "functional", "with a draw"))
    assert ("knn_accuracy" in measures) == (form in WITH_ENCODER)


@pytest.mark.parametrize("form", ["functional", "autoencoder", "conditional", "bare decoder"])
def test_a_morph_walks_through_every_decoder_of_z_alone(form, data, tmp_path, monkeypatch):
    monkeypatch.setattr("fidle_vae.films.morph.load_dataset_of", lambda *_: data)
    path = tmp_path / "m.keras"
    FORMS[form]().save(path)
    ends = ("z=0,1", "z=1,0") if form == "bare decoder" else ("a", "b")
    options = {"model": path, "frames": 3, "size": 28}
    if form == "conditional":
        with pytest.raises(
            ValueError, match=r"^morph needs a decoder of z alone; that of model m "
        ):
            write_morph(*ends, tmp_path / "m.gif", **options)
        return
    assert write_morph(*ends, tmp_path / "m.gif", **options).stat().st_size > 500


@pytest.mark.parametrize(
    ("use", "sentence"),
    [
        (
            lambda data: codes(conditional(), data.x_test),
            "labels must be given to encode images by 'encoder', which takes the class",
        ),
        (
            lambda data: codes(conditional(), data.x_test, data.y_test + 1),
            r"labels must be 30 integers from 0 to 2, the classes, or .*shape \(30,\): give one",
        ),
        (
            lambda data: codes(build_decoder("mlp", SHAPE, 2), data.x_test),
            "codes needs a layer named 'encoder'; the model has .*: give your encoder that name",
        ),
        (
            lambda data: parts(keras.Sequential([keras.Input(SHAPE), layers.Dense(1)])),
            "fidle_vae needs a layer named 'decoder'; the model has .*: give your decoder that",
        ),
        (lambda data: parts("a name"), "fidle_vae needs a layer named 'decoder'; the model has no"),
    ],
)
def test_a_missing_part_raises_one_sentence(use, sentence, data):
    with pytest.raises(ValueError, match=f"^{sentence}"):
        use(data)
