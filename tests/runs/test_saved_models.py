import os
import re
from pathlib import Path

import keras
import numpy as np
import pytest

import fidle_vae
from fidle_vae.data.datasets import load_dataset
from fidle_vae.evaluation.classifier import look, train_classifier
from fidle_vae.evaluation.copying import copied_share
from fidle_vae.evaluation.samples import class_coverage, frechet_distance
from fidle_vae.models.parts import forward
from fidle_vae.models.style_generator import mix
from fidle_vae.models.vae import VAE
from fidle_vae.runs import saved_models
from fidle_vae.runs.run import Run
from fidle_vae.runs.saved_models import (
    PRETRAINED,
    PRETRAINED_DIGITS,
    PRETRAINED_STYLE,
    find_file,
    find_model,
    load_dataset_of,
    name_of,
    read_manifest,
)


@pytest.fixture(autouse=True)
def runs_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FIDLE_VAE_RUN_DIR", str(tmp_path))
    return tmp_path


def save_in(run, vae):
    path = run.models / "best.keras"
    vae.save(path)
    return path


def test_without_any_run_the_pretrained_model_is_found():
    assert find_model() == find_model("auto", lesson="VAE2") == find_model("pretrained")
    assert find_model() == PRETRAINED
    assert find_model("auto", lesson="VAE2", dataset="digits") == PRETRAINED_DIGITS
    assert find_model("auto", dataset="fashion_mnist") == PRETRAINED
    assert find_model("pretrained", dataset="digits") == PRETRAINED


def test_the_model_of_the_named_lesson_comes_before_the_pretrained_one(make_vae):
    path = save_in(Run("VAE2"), make_vae())
    later = save_in(Run("other"), make_vae())
    os.utime(later, (path.stat().st_mtime + 100,) * 2)
    assert find_model("auto", lesson="VAE2") == path
    assert find_model("auto", lesson="VAE2", dataset="digits") == path
    assert find_model("auto", lesson="VAE1") == PRETRAINED == find_model("pretrained")


def test_without_a_lesson_the_last_run_that_trained_a_vae_is_taken(make_vae):
    path = save_in(Run("mine"), make_vae())
    later = Run("classifier").models / "best.keras"
    make_vae().encoder.save(later)
    os.utime(later, (path.stat().st_mtime + 100,) * 2)
    assert find_model() == path


def test_a_model_is_found_by_the_name_or_folder_of_its_run_or_by_its_file(
    make_vae, tmp_path, monkeypatch
):
    run = Run("mine")
    path = save_in(run, make_vae())
    monkeypatch.chdir(tmp_path)
    for model in ("mine", run.path, path, "mine/models/best.keras"):
        assert find_model(model) == path


def test_the_newest_model_is_that_of_the_last_training(make_vae):
    assert find_model("newest") == PRETRAINED
    paths = [save_in(Run(name), make_vae()) for name in ("a", "b", "c")]
    for path, time in zip(paths, (100, 300, 200), strict=True):
        os.utime(path, (time, time))
    assert find_model("newest") == paths[1]


def test_a_file_need_not_hold_a_vae_to_be_found(make_vae, tmp_path):
    path = tmp_path / "decoder.keras"
    make_vae().decoder.save(path)
    assert find_file(path) == path
    with pytest.raises(ValueError, match="holds no VAE"):
        find_model(path)


def test_a_model_is_named_as_its_run_or_its_file(make_vae, tmp_path):
    assert name_of(PRETRAINED) == "pretrained"
    assert name_of(PRETRAINED_DIGITS) == "pretrained_digits"
    assert find_file("pretrained_digits") == PRETRAINED_DIGITS
    assert find_file("pretrained_style") == PRETRAINED_STYLE
    assert name_of(save_in(Run("mine"), make_vae())) == "mine"
    assert name_of(tmp_path / "decoder.keras") == "decoder"


def test_a_name_or_file_without_a_model_raises_with_a_hint(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"model 'nothing' is neither .* or 'pretrained_style'"
    ):
        find_model("nothing")
    for name, content in (("text.keras", b"no archive"), ("empty.keras", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=rf"model .*{name} holds no VAE"):
            find_model(tmp_path / name)


def test_a_model_that_is_not_a_vae_raises(make_vae, tmp_path):
    make_vae().decoder.save(tmp_path / "decoder.keras")
    with pytest.raises(ValueError, match=r"decoder.keras holds no VAE"):
        find_model(tmp_path / "decoder.keras")


def test_the_manifest_of_a_model_is_that_of_its_run(make_vae, tmp_path):
    run = Run("mine")
    run.start(parameters={"scale": 0.1})
    assert read_manifest(save_in(run, make_vae()))["parameters"] == {"scale": 0.1}
    assert read_manifest(tmp_path / "alone.keras") == {}


def test_images_for_a_model_are_as_many_as_its_run_had_and_the_same_ones(monkeypatch, tmp_path):
    monkeypatch.setattr(saved_models, "load_dataset", lambda *asked: asked)
    run = Run("mine")
    run.start(parameters={"scale": 0.5, "seed": 7})
    run.record(dataset={"name": "frey_faces"})
    assert load_dataset_of(run.models / "best.keras") == ("frey_faces", 0.5, 7)
    assert load_dataset_of(tmp_path / "alone.keras") == ("auto", 1.0, 123)


@pytest.mark.core
def test_the_style_generator_is_small_and_draws_images_by_both_its_halves():
    assert PRETRAINED_STYLE.stat().st_size <= 400_000  # so that a page with it opens at once
    generator = saved_models.load_model(find_file("pretrained_style"))
    z = np.random.default_rng(0).standard_normal((2, 50, 32))
    images = mix(generator, *z, at=2)
    assert images.shape == (50, 28, 28, 1)
    assert images.std(axis=0).max() > 0.2


def test_the_style_generator_is_no_vae_and_its_manifest_names_no_machine():
    with pytest.raises(ValueError, match="holds no VAE"):
        find_model("pretrained_style")
    manifest = read_manifest(PRETRAINED_STYLE)
    assert manifest["dataset"]["name"] == "mnist"
    assert manifest["dataset"]["train"] == 60_000
    assert "/" not in manifest["dataset"]["source"]
    assert manifest["metrics"]["distance"] < 25
    assert manifest["metrics"]["coverage"] > 9


def test_the_style_generator_draws_as_well_as_its_manifest_says():
    """By a classifier of MNIST if it is available, otherwise by one of digits."""
    data = load_dataset("auto", scale=0.1)
    generator = saved_models.load_model(PRETRAINED_STYLE)
    z = np.random.default_rng(1).standard_normal((1000, 32))
    drawn, real = forward(generator, z.astype("float32")), data.x_test[:1000]
    judge = train_classifier(data)
    features, probabilities = look(judge, drawn)
    assert frechet_distance(features, look(judge, real)[0]) < 45
    assert class_coverage(probabilities) > 7.5
    assert copied_share(drawn, data.x_train, real) < 0.1


@pytest.mark.core
@pytest.mark.parametrize("path", [PRETRAINED, PRETRAINED_DIGITS])
def test_the_pretrained_models_are_small_and_draw_images(path):
    assert path.stat().st_size <= 1_500_000
    vae = keras.saving.load_model(path)
    assert isinstance(vae, VAE)
    images = vae.sample(50, seed=0)
    assert images.shape == (50, 28, 28, 1)
    assert images.std(axis=0).max() > 0.2


def test_the_pretrained_models_manifest_says_how_it_was_made_and_names_no_machine():
    manifest = read_manifest(PRETRAINED)
    assert manifest["parameters"]["scale"] == 1.0
    assert manifest["dataset"]["name"] == "mnist"
    assert manifest["dataset"]["train"] == 60_000
    assert manifest["dataset"]["test"] == 10_000
    assert "/" not in manifest["dataset"]["source"]
    assert read_manifest(PRETRAINED)["metrics"]["elbo"] > -146


def test_the_pretrained_model_reaches_what_its_manifest_says():
    """On MNIST if it is available; otherwise digits must get a higher ELBO than noise."""
    vae = keras.saving.load_model(PRETRAINED)
    data = load_dataset("auto", scale=0.1)
    measured = vae.evaluate(data.x_test, batch_size=256, verbose=0, return_dict=True)
    if data.name == "mnist":
        assert measured["elbo"] == pytest.approx(
            read_manifest(PRETRAINED)["metrics"]["elbo"], abs=3
        )
    noise = np.random.default_rng(0).permuted(data.x_test, axis=1)
    shuffled = vae.evaluate(noise, batch_size=256, verbose=0, return_dict=True)
    assert measured["elbo"] > shuffled["elbo"] + 50


def test_models_are_found_in_another_folder_of_runs(make_vae, tmp_path):
    path = save_in(Run("mine", root=tmp_path / "other"), make_vae())
    assert find_model() == PRETRAINED
    for model in ("auto", "mine", "newest"):
        assert find_model(model, run_dir=tmp_path / "other") == path


def test_the_pretrained_model_of_digits_reaches_what_its_manifest_says():
    card = read_manifest(PRETRAINED_DIGITS)
    assert card["dataset"]["name"] == "digits"
    assert "/" not in card["dataset"]["source"]
    assert card["metrics"]["elbo"] > -148
    data = load_dataset("digits", card["parameters"]["scale"], card["seed"])
    vae = keras.saving.load_model(PRETRAINED_DIGITS)
    measured = vae.evaluate(data.x_test, batch_size=256, verbose=0, return_dict=True)
    assert measured["elbo"] == pytest.approx(card["metrics"]["elbo"], abs=0.5)


def test_every_class_that_can_be_saved_is_known_where_a_model_is_loaded(run_python):
    package = Path(fidle_vae.__file__).parent
    registered = {
        name
        for path in package.rglob("*.py")
        for name in re.findall(
            r"@keras.saving.register_keras_serializable\(.*\)\nclass (\w+)", path.read_text()
        )
    }
    program = (
        "import fidle_vae.models.saved_classes, keras; print(*keras.saving.get_custom_objects())"
    )
    known = run_python(program).split()
    assert {"VAE", "ConditionalVAE"} < registered
    assert {f"fidle_vae>{name}" for name in registered} <= set(known)
