import keras
import numpy as np
import pytest
from keras import ops
from PIL import Image

from fidle_vae.data.datasets import Dataset
from fidle_vae.films.morph import _nearest_classes, write_morph
from fidle_vae.models.layers import SamplingLayer, VariationalLossLayer
from fidle_vae.runs.run import Run
from tests.helpers.decoded import decode_gif, decode_mp4

NAMES = ("Ant", "Bee")


@pytest.fixture
def data(images, monkeypatch):
    """A dataset "blobs" in place of the real one; every request for it is recorded."""
    labels = np.arange(70) % 2
    labels[0] = 1
    blobs = Dataset(images, labels, images, labels, "blobs", "", "", NAMES)
    asked = []

    def load(name, scale, seed):
        asked.append((name, scale, seed))
        return {
            "blobs": blobs,
            "film": blobs._replace(y_test=None, class_names=(), name="film"),
            "large": blobs._replace(x_test=np.zeros((70, 9, 9, 1)), name="large"),
        }[name]

    monkeypatch.setattr("fidle_vae.runs.saved_models.load_dataset", load)
    return asked


@pytest.fixture
def vae(make_vae, tmp_path, monkeypatch):
    """A small VAE whose images differ, saved in the run R1."""
    vae = make_vae(latent_dim=2)
    for variable in vae.weights:
        variable.assign(3 * ops.convert_to_numpy(variable))
    monkeypatch.setenv("FIDLE_VAE_RUN_DIR", str(tmp_path / "runs"))
    run = Run("R1")
    run.start(parameters={"scale": 0.3, "seed": 7})
    run.record(dataset={"name": "blobs"})
    vae.save(run.models / "best.keras")
    return vae


def enlarged(image, size=56):
    """Return an image as the film should show it, enlarged by Pillow."""
    picture = Image.fromarray(np.rint(255 * image[..., 0]).astype(np.uint8))
    return np.asarray(picture.resize((size, size), Image.Resampling.BICUBIC))


def expect(vae, points):
    return [enlarged(image) for image in vae.decode(np.array(points, "float32"))]


@pytest.mark.parametrize("name", ["m.gif", "m.mp4"])
def test_the_film_goes_there_and_back_and_holds_both_ends(vae, data, tmp_path, name):
    path = write_morph(
        "z=-1,0.5", "z=2,1", tmp_path / name, model="R1", frames=7, seconds=1.6, size=56
    )
    points = [[-1 + 3 * t, 0.5 + 0.5 * t] for t in np.linspace(0, 1, 7)]
    order = [0, 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1]
    if name.endswith("gif"):
        frames, durations = decode_gif(path)
        assert durations == [600, *[200] * 5, 600, *[200] * 5]
    else:
        frames = decode_mp4(path).frames  # 30 per second
        frames = frames[np.cumsum([0, 18, *[6] * 5, 18, *[6] * 4]) + 2]
    for frame, i in zip(frames, order, strict=True):
        np.testing.assert_allclose(
            frame[:56, :56, 0].astype(int), expect(vae, [points[i]])[0], atol=16
        )
    assert data == []  # no image was needed


def test_the_position_on_the_path_is_marked_below_the_image(vae, data, tmp_path):
    path = write_morph("z=-1,0", "z=2,1", tmp_path / "m.gif", model="R1", frames=5, size=280)
    frames, _ = decode_gif(path)
    foot = frames[:5, 280:, :, 0].astype(int)
    assert foot.shape[1] == 42
    middle = foot[:, 21 - 3 : 21 + 3]
    marks = [np.nonzero((row > 200).all(axis=0))[0] for row in middle]
    places = [mark.mean() for mark in marks]
    assert (np.diff(places) > 10).all()
    steps = np.diff(places)
    assert np.ptp(steps) < 4
    assert (foot[0, :, :40] > 200).any()  # the name of A


def test_an_end_may_be_a_class_or_an_image(vae, data, images, tmp_path, monkeypatch):
    copies, bees = vae.reconstruct(images), np.array([0, 3, 9])
    monkeypatch.setattr("fidle_vae.films.morph._nearest_classes", nearest(copies, bees))
    path = write_morph("bee", "image=5", tmp_path / "m.gif", model="R1", frames=3, size=56)
    frames, _ = decode_gif(path)
    errors = [((images[i] - copies[i]) ** 2).sum() / (images[i] ** 2).sum() for i in bees]
    best = bees[np.argmin(errors)]
    assert best != 0  # the first of class 1, "Bee"
    codes = vae.encode(images[[best, 5]])[0]
    for frame, expected in zip(frames[[0, 2]], expect(vae, codes), strict=True):
        np.testing.assert_allclose(frame[:56, :, 0].astype(int), expected, atol=4)
    assert data == [("blobs", 0.3, 7)]  # the run's held-out images, loaded once


def nearest(copies, bees):
    """Return what sees a bee in the reconstructions of `bees`, and in no other image."""

    def classes(images, data):
        found = np.abs(images[:, None] - copies[bees]).max(axis=(2, 3, 4)) < 1e-5
        return found.any(axis=1).astype(int)

    return classes


def test_a_class_of_which_the_model_keeps_no_image_is_said_to_be_lost(
    vae, data, images, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(
        "fidle_vae.films.morph._nearest_classes", lambda copies, data: np.zeros(len(copies), int)
    )
    path = write_morph("bee", "image=5", tmp_path / "m.gif", model="R1", frames=3, size=56)
    frame = decode_gif(path)[0][0, :56, :, 0].astype(int)
    np.testing.assert_allclose(frame, expect(vae, vae.encode(images[:1])[0])[0], atol=4)
    assert "Of class Bee, the model keeps no image" in capsys.readouterr().out


def test_the_nearest_classes_are_those_of_most_of_five_neighbours():
    x = np.array([0, 1, 2, 3, 4, 20, 21, 22, 23, 24.0]).reshape(10, 1, 1, 1)
    data = Dataset(x, None, x, np.array([0, 0, 1, 1, 1, 2, 2, 2, 0, 0]), "line", "", "", ())
    seen = _nearest_classes(np.array([2.2, 21.8]).reshape(2, 1, 1, 1), data)
    assert list(seen) == [1, 2]


def test_a_functional_model_as_in_lesson_vae1_works(vae, data, tmp_path):
    inputs = keras.Input((8, 8, 1))
    z_mean, z_log_var = vae.encoder(inputs)
    x_hat = vae.decoder(SamplingLayer()([z_mean, z_log_var]))
    outputs = VariationalLossLayer()([inputs, z_mean, z_log_var, x_hat])
    path = Run("R2").models / "best.keras"
    keras.Model(inputs, outputs).save(path)
    film = write_morph("z=1,1", "z=-1,1", tmp_path / "m.gif", model=path, frames=3, size=56)
    frame = decode_gif(film)[0][0, :56, :, 0].astype(int)
    np.testing.assert_allclose(frame, expect(vae, [[1, 1]])[0], atol=4)


def test_a_great_circle_keeps_its_distance(vae, data, tmp_path):
    path = write_morph(
        "z=2,0", "z=0,2", tmp_path / "m.gif", model="R1", way="circle", frames=3, size=56
    )
    halfway = decode_gif(path)[0][1, :56, :, 0].astype(int)
    circle, line = expect(vae, [[2**0.5, 2**0.5], [1, 1]])
    np.testing.assert_allclose(halfway, circle, atol=4)
    assert np.abs(circle.astype(int) - line).max() > 8


def test_a_film_is_large_enough_to_project(vae, data, tmp_path, capsys):
    path = write_morph("z=2,0", "z=0,2", tmp_path / "m.gif", model="R1")
    frames, durations = decode_gif(path)
    assert frames.shape[1:] == (644, 560, 3)
    assert sum(durations) == pytest.approx(6000, abs=10)
    assert len(frames) == 78
    said = capsys.readouterr().out
    assert said.startswith("From z=2,0 to z=0,2 and back, by model R1: 6.0 s, ")


@pytest.mark.parametrize(
    ("a", "b", "options", "message"),
    [
        (
            "Ant",
            "cat",
            {},
            r"B must be a class of blobs \(Ant, Bee\), image=0 to image=69, .*'cat'",
        ),
        ("image=70", "Ant", {}, "A must be image=0 to image=69, .* of blobs, got 'image=70'"),
        ("image=-1", "Ant", {}, "A must be image=0 to image=69, .* got 'image=-1'"),
        ("image=x", "Ant", {}, "A must be image=0 to image=69, .* got 'image=x'"),
        ("z=1", "Ant", {}, "A must have 2 finite numbers, .* got 'z=1': try z=0.5,-1"),
        ("z=1,2,3", "Ant", {}, "A must have 2 finite numbers, .* got 'z=1,2,3'"),
        ("z=1,nan", "Ant", {}, "A must have 2 finite numbers, .* got 'z=1,nan'"),
        ("z=1,x", "Ant", {}, "A must have 2 finite numbers, .* got 'z=1,x'"),
        ("Ant", "ant", {}, "A and B must be two different points, got 'Ant' and 'ant'"),
        ("image=3", "image=3", {}, "A and B must be two different points"),
        ("Ant", "Bee", {"dataset": "film"}, "A is 'Ant', but film has no classes: give image=0 to"),
        ("Ant", "Bee", {"dataset": "large"}, r"shape \(8, 8, 1\), those of large have \(9, 9, 1\)"),
        ("Ant", "Bee", {"way": "arc"}, "must be line or circle, got 'arc': try line"),
        ("Ant", "Bee", {"frames": 2}, "frames must be an integer from 3 to 1000, got 2"),
        ("Ant", "Bee", {"seconds": 0}, "seconds must be from 1.4, for 40 frames, to 600, got 0"),
        ("Ant", "Bee", {"seconds": "long"}, "seconds must be .* got 'long'"),
        ("Ant", "Bee", {"size": 0}, "size must be an integer from 28 to 2000 pixels, got 0"),
        ("Ant", "Bee", {"path": "m.png"}, r"path must end in \.gif or \.mp4, got 'm.png'"),
        ("Ant", "Bee", {"model": "R9"}, "model 'R9' is neither a .keras file nor a run"),
    ],
)
def test_bad_input_raises_an_error_of_one_line(
    vae, data, tmp_path, monkeypatch, a, b, options, message
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ValueError, OSError), match=message) as error:
        write_morph(a, b, **{"model": "R1"} | options)
    assert "\n" not in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


def test_a_file_without_a_model_raises(data, tmp_path):
    (tmp_path / "m.keras").write_bytes(b"no model")
    with pytest.raises(ValueError, match=r"model .*m.keras cannot be loaded \(.*\): give a model"):
        write_morph("z=1,2", "z=2,3", tmp_path / "m.gif", model=tmp_path / "m.keras")


def test_a_model_without_a_decoder_raises(data, tmp_path):
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Dense(1, name="head")])
    model.save(tmp_path / "m.keras")
    with pytest.raises(ValueError, match="morph needs a layer named 'decoder'; the model has head"):
        write_morph("z=1,2", "z=2,3", tmp_path / "m.gif", model=tmp_path / "m.keras")
