import keras
import numpy as np
import pytest
from keras import ops
from scipy.stats import norm

from fidle_vae.models.layers import SamplingLayer, VariationalLossLayer
from fidle_vae.training.record import TrainingRecord
from fidle_vae.training.record_files import read_record

LABELS = np.arange(70) % 3


@pytest.fixture(params=["subclass", "functional"])
def make_model(request, make_vae):
    """Make a VAE, written in each of the two ways."""

    def make(**kwargs):
        vae = make_vae(learning_rate=1e-2, **kwargs)
        if request.param == "subclass":
            return vae
        inputs = keras.Input((8, 8, 1))
        z_mean, z_log_var = vae.encoder(inputs)
        x_hat = vae.decoder(SamplingLayer(seed=3)([z_mean, z_log_var]))
        outputs = VariationalLossLayer()([inputs, z_mean, z_log_var, x_hat])
        functional = keras.Model(inputs, outputs)
        functional.compile(keras.optimizers.Adam(1e-2))
        return functional

    return make


def arrays(variables):
    return [ops.convert_to_numpy(variable) for variable in variables]


def train(model, images, record=None, epochs=3, **kwargs):
    callbacks = [record] if record else []
    options = {"batch_size": 8, "validation_data": images, "verbose": 0}
    return model.fit(images, epochs=epochs, callbacks=callbacks, **options | kwargs).history


class Notes(keras.callbacks.Callback):
    """Records all codes and decoded points after each step, in the simplest way."""

    def __init__(self, x, z):
        super().__init__()
        self.x, self.z, self.steps = x, z, []

    def note(self):
        model = self.model
        z_mean = model.get_layer("encoder")(self.x, training=False)[0]
        images = model.get_layer("decoder")(z_mean, training=False)
        decoded = model.get_layer("decoder")(self.z, training=False)
        self.steps.append([ops.convert_to_numpy(a) for a in (z_mean, images, decoded)])

    def on_train_begin(self, logs=None):
        self.note()

    def on_train_batch_end(self, batch, logs=None):
        self.note()


@pytest.mark.core
def test_a_training_is_the_same_bit_for_bit_with_and_without_a_record(make_model, images, tmp_path):
    ends, histories = [], []
    for watch in (False, True):
        keras.utils.set_random_seed(5)
        model = make_model()
        record = TrainingRecord(images, LABELS, tmp_path, least_steps=1) if watch else None
        histories.append(train(model, images, record))
        # weights, optimizer state, seeds of the noise, and the next random numbers
        state = arrays([*model.variables, *model.optimizer.variables])
        state.append(np.random.random(3))  # noqa: NPY002, Keras shuffles by this generator
        ends.append([*state, ops.convert_to_numpy(keras.random.normal((3,)))])
    assert histories[0] == histories[1]
    for without, with_record in zip(*ends, strict=True):
        np.testing.assert_array_equal(without, with_record)


@pytest.mark.core
def test_the_record_holds_the_outputs_of_the_model_at_each_moment(make_model, images, tmp_path):
    model = make_model()
    record = TrainingRecord(images, LABELS, tmp_path, class_names="abc", least_steps=2)
    grid = norm.ppf(np.linspace(0.01, 0.99, 6))
    z = np.array([[across, up] for up in grid[::-1] for across in grid], dtype="float32")
    notes = Notes(images, z)
    history = model.fit(
        images, epochs=2, batch_size=8, callbacks=[record, notes], verbose=0
    ).history  # of 9 steps

    kept = read_record(tmp_path, "r")
    np.testing.assert_allclose(kept.fixed.z, z, atol=1e-3)
    np.testing.assert_array_equal(kept.fixed.labels, LABELS)  # all 70 images, in their order
    shown = [np.abs(images - original).sum(axis=(1, 2, 3)).argmin() for original in
             kept.fixed.originals]  # fmt: skip
    np.testing.assert_allclose(kept.fixed.originals, images[shown], atol=0.51 / 255)
    times = {0: [0], 1: [1 / 9, 2 / 9, 3 / 9, 5 / 9, 7 / 9, 1]}
    np.testing.assert_allclose(kept.epochs[0].times, [0])
    np.testing.assert_allclose(kept.epochs[2].times, 1 + np.array([2, 4, 7, 9]) / 9)
    assert kept.epochs[1].times[0] == pytest.approx(times[1][0])
    assert len(kept.epochs[1].times) > len(kept.epochs[2].times)
    for epoch in kept.epochs.values():
        for i, time in enumerate(epoch.times):
            z_mean, reconstructed, decoded = notes.steps[round(9 * time)]
            np.testing.assert_allclose(epoch.codes[i], z_mean, atol=2e-3)
            np.testing.assert_allclose(
                epoch.reconstructed[i], reconstructed[shown], atol=0.51 / 255
            )
            np.testing.assert_allclose(epoch.decoded[i], decoded, atol=1.01 / 255)
    assert kept.epochs[0].logs == {}
    for number in (1, 2):
        assert kept.epochs[number].logs == {
            name: pytest.approx(values[number - 1]) for name, values in history.items()
        }


def test_moments_keep_their_minimum_distance_and_maximum_number(make_vae, images, tmp_path):
    def moments(**kwargs):
        train(make_vae(), images, TrainingRecord(images, None, tmp_path, **kwargs), epochs=2)
        return [len(epoch.times) for epoch in read_record(tmp_path, "r").epochs.values()]

    assert moments() == [1, 2, 1]  # 9 steps are too few for more, except in the first epoch
    assert moments(least_steps=1, moments=2) == [1, 4, 2]


def test_each_class_has_equally_many_codes_and_one_image_shown(make_vae, tmp_path):
    rng = np.random.default_rng(0)
    labels = rng.choice(10, 1000, p=[0.55] + [0.05] * 9)
    x = rng.random((1000, 8, 8, 1)).astype("float32")
    train(make_vae(), x[:8], TrainingRecord(x, labels, tmp_path), epochs=1, validation_data=None)
    fixed = read_record(tmp_path, "r").fixed
    assert np.bincount(fixed.labels).tolist() == [20] * 10
    firsts = [np.flatnonzero(labels == k)[0] for k in range(10)]
    np.testing.assert_allclose(fixed.originals, x[firsts], atol=0.51 / 255)


def test_images_without_classes_are_taken_evenly(make_vae, images, tmp_path):
    x = np.linspace(0, 1, 901)[:, None, None, None] * np.ones((8, 8, 1))
    train(make_vae(), images, TrainingRecord(x, None, tmp_path), epochs=1)
    record = read_record(tmp_path, "r")
    assert record.fixed.labels is None
    assert record.epochs[0].codes.shape == (1, 200, 2)
    np.testing.assert_allclose(
        record.fixed.originals[:, 0, 0, 0], np.linspace(0, 1, 10), atol=2 / 255
    )


@pytest.mark.parametrize(("latent_dim", "spread"), [(1, (-2.33, 2.33)), (5, None)])
def test_any_latent_dim_has_its_points(make_vae, images, tmp_path, latent_dim, spread):
    vae = make_vae(latent_dim=latent_dim)
    train(vae, images, TrainingRecord(images, LABELS, tmp_path), epochs=1)
    z = read_record(tmp_path, "r").fixed.z
    assert z.shape == (36, latent_dim)
    if spread:
        assert (np.diff(z[:, 0]) > 0).all()
        assert (z.min(), z.max()) == pytest.approx(spread, abs=0.01)
    else:
        assert 0.85 < z.std() < 1.15


def test_a_shorter_training_leaves_nothing_of_the_longer_one(make_vae, images, tmp_path):
    record = TrainingRecord(images, LABELS, tmp_path)
    train(make_vae(), images, record, epochs=4)
    train(make_vae(seed=9), images, record, epochs=2)
    kept = read_record(tmp_path, "r")
    assert list(kept.epochs) == [0, 1, 2]
    assert {path.name for path in tmp_path.iterdir()} == {
        "fixed.npz", "epoch-000.npz", "epoch-001.npz", "epoch-002.npz",
    }  # fmt: skip


def test_a_resumed_training_continues_the_record(make_vae, images, tmp_path):
    vae, record = make_vae(), TrainingRecord(images, LABELS, tmp_path)
    train(vae, images, record, epochs=4)
    before = read_record(tmp_path, "r").epochs
    train(vae, images, TrainingRecord(images, LABELS, tmp_path), initial_epoch=3, epochs=5)
    after = read_record(tmp_path, "r").epochs
    assert list(after) == [0, 1, 2, 3, 4, 5]
    for number in (0, 1, 2, 3):
        np.testing.assert_array_equal(after[number].codes, before[number].codes)
        assert after[number].logs == before[number].logs
    assert after[5].times[-1] == 5
    train(vae, images, TrainingRecord(images, LABELS, tmp_path), initial_epoch=2, epochs=3)
    assert list(read_record(tmp_path, "r").epochs) == [0, 1, 2, 3]  # no later epoch is left


@pytest.mark.parametrize("reason", ["other images", "other classes", "a gap", "damage", "nothing"])
def test_a_record_that_cannot_be_continued_is_replaced(make_vae, images, tmp_path, reason):
    if reason != "nothing":
        train(make_vae(), images, TrainingRecord(images, LABELS, tmp_path), epochs=3)
    x, y = images, LABELS
    if reason == "other images":
        x = images[::-1]
    elif reason == "other classes":
        y = None
    elif reason == "a gap":
        (tmp_path / "epoch-001.npz").unlink()
    elif reason == "damage":
        (tmp_path / "fixed.npz").write_bytes(b"PK")
    train(make_vae(), images, TrainingRecord(x, y, tmp_path), initial_epoch=2, epochs=4)
    record = read_record(tmp_path, "r")
    assert list(record.epochs) == [2, 3, 4]
    assert record.fixed.first == 2
    assert record.epochs[2].logs == {}


def test_an_interrupted_training_leaves_complete_epochs(make_vae, images, tmp_path):
    class Interrupt(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            steps.append(batch)
            if len(steps) == 9 * 2 + 5:
                raise KeyboardInterrupt

    steps, vae = [], make_vae()
    with pytest.raises(KeyboardInterrupt):
        vae.fit(
            images, batch_size=8, epochs=5, verbose=0,
            callbacks=[TrainingRecord(images, LABELS, tmp_path, least_steps=1), Interrupt()],
        )  # fmt: skip
    assert list(read_record(tmp_path, "r").epochs) == [0, 1, 2]


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_a_stream_of_unknown_length_is_recorded_too(make_vae, images, tmp_path):
    def stream():
        for _ in range(11):
            yield (images[:8],)

    vae = make_vae()
    vae.fit(
        stream(),
        verbose=0,
        shuffle=False,
        callbacks=[TrainingRecord(images, None, tmp_path, least_steps=2)],
    )
    epoch = read_record(tmp_path, "r").epochs[1]
    np.testing.assert_allclose(epoch.times, np.array([2, 4, 8, 11]) / 11)


def test_steps_that_run_together_share_a_moment(make_vae, images, tmp_path):
    vae = make_vae()
    vae.compile(keras.optimizers.Adam(1e-3), steps_per_execution=4)
    train(vae, images[:64], TrainingRecord(images, None, tmp_path, least_steps=1), epochs=2)
    epochs = read_record(tmp_path, "r").epochs
    np.testing.assert_allclose(epochs[1].times, [0.5, 1])
    np.testing.assert_allclose(epochs[2].times, [1.5, 2])


@pytest.mark.parametrize(
    ("x", "y", "options", "message"),
    [
        (np.zeros((3, 8, 8)), None, {}, r"x must hold images, shape .*, got \(3, 8, 8\)"),
        (np.zeros((0, 8, 8, 1)), None, {}, r"x must hold images, .* got \(0, 8, 8, 1\)"),
        (np.zeros((3, 8, 8, 1)), [0, 1], {}, "y must hold a class for each of the 3 .* got 2"),
        (np.zeros((3, 8, 8, 1)), None, {"moments": 0}, "moments must be 1 or more, got 0"),
        (np.zeros((3, 8, 8, 1)), None, {"least_steps": 0}, "least_steps must be 1 or more, got 0"),
    ],
)
def test_bad_input_raises_at_once(tmp_path, x, y, options, message):
    with pytest.raises(ValueError, match=message):
        TrainingRecord(x, y, tmp_path, **options)


def test_images_that_do_not_fit_the_model_raise_before_training(make_vae, images, tmp_path):
    other = TrainingRecord(np.zeros((3, 9, 9, 1)), None, tmp_path)
    with pytest.raises(ValueError, match=r"shape \(8, 8, 1\), .* got \(9, 9, 1\)"):
        train(make_vae(), images, other)
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Dense(1, name="head")])
    model.compile("sgd", "mse")
    record = TrainingRecord(images, None, tmp_path)
    with pytest.raises(ValueError, match="TrainingRecord needs a layer named 'encoder'"):
        model.fit(images, images, callbacks=[record], verbose=0)
    assert not list(tmp_path.iterdir())
