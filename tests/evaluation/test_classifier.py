import keras
import numpy as np
import pytest
from keras import layers

from fidle_vae.data.datasets import Dataset, load_dataset
from fidle_vae.evaluation import classifier
from fidle_vae.evaluation.classifier import (
    FEATURES,
    load_classifier,
    look,
    recognize,
    train_classifier,
)


@pytest.fixture
def stripes(monkeypatch):
    """Make every name load images of 8x8 pixels, with a bright row for each of four classes."""
    rng = np.random.default_rng(0)
    y = np.arange(320) % 4
    x = rng.uniform(0, 0.4, (320, 8, 8, 1)).astype("float32")
    x[np.arange(320), 2 * y] += 0.6
    data = Dataset(x[:240], y[:240], x[240:], y[240:], "stripes", "here", "", tuple("abcd"))
    monkeypatch.setattr(classifier, "load_dataset", lambda name: data)
    return data


def test_the_classifier_recognizes_held_out_digits():
    """On MNIST if it is available, on the offline digits otherwise."""
    data = load_dataset("auto", scale=0.05)
    _, probabilities = look(train_classifier(data), data.x_test)
    assert np.mean(probabilities.argmax(axis=1) == data.y_test) > 0.85


@pytest.mark.core
def test_each_image_gets_features_and_class_probabilities(stripes):
    features, probabilities = look(train_classifier(stripes, epochs=1), stripes.x_test)
    assert features.shape == (80, FEATURES)
    assert features.std(axis=0).max() > 0.01
    assert probabilities.shape == (80, 4)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_only_the_labels_of_training_images_are_learnt(stripes):
    wrong = stripes._replace(y_test=np.zeros_like(stripes.y_test))
    seen = recognize(train_classifier(wrong, epochs=12), stripes.x_test)
    assert np.mean(seen == stripes.y_test) > 0.95


def test_the_classifier_is_the_same_each_time_it_is_trained(stripes):
    first, second = (look(train_classifier(stripes, epochs=1), stripes.x_test) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_is_trained_once_and_then_loaded(stripes, tmp_path, monkeypatch, capsys):
    first = look(load_classifier("stripes", tmp_path), stripes.x_test)
    path = tmp_path / "classifiers" / "stripes.keras"
    assert str(path) in capsys.readouterr().out
    monkeypatch.setattr(classifier, "train_classifier", lambda _: pytest.fail("trained again"))
    again = look(load_classifier("stripes", tmp_path), stripes.x_test)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
    assert capsys.readouterr().out == ""
    monkeypatch.setenv("FIDLE_VAE_RUN_DIR", str(tmp_path))
    assert look(load_classifier("stripes"), stripes.x_test)[0].shape == (80, FEATURES)
    assert [file.name for file in path.parent.iterdir()] == ["stripes.keras"]


def test_each_dataset_has_its_own(stripes, tmp_path, monkeypatch):
    trained = []

    def train(data):
        trained.append(data.name)
        return keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten()])

    monkeypatch.setattr(classifier, "train_classifier", train)
    for name in ("a", "b", "a"):
        load_classifier(name, tmp_path)
    assert len(trained) == 2
    assert {path.name for path in (tmp_path / "classifiers").iterdir()} == {"a.keras", "b.keras"}


def test_a_training_that_is_stopped_leaves_no_file(stripes, tmp_path, monkeypatch):
    class Stopped:
        def save(self, path):
            path.write_bytes(b"half a cla")
            raise KeyboardInterrupt

    monkeypatch.setattr(classifier, "train_classifier", lambda _: Stopped())
    with pytest.raises(KeyboardInterrupt):
        load_classifier("stripes", tmp_path)
    assert not list((tmp_path / "classifiers").iterdir())
