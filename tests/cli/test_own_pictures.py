"""A folder of pictures goes through every command, in colour, from memory or from disk."""

import json

import keras
import numpy as np
import pytest
from PIL import Image

from fidle_vae.cli.main import main
from fidle_vae.data import datasets, image_folder
from fidle_vae.evaluation import measures


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder of two classes, with a file that is no picture."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for name in ("warm", "cold"):
        (folder / name).mkdir()
        for i in range(30):
            colours = rng.integers(120, 256, (4, 4, 3)) * ([1, 0.5, 0] if name == "warm" else 1)
            Image.fromarray(colours.astype(np.uint8)).resize((24, 20)).save(
                folder / name / f"{i:02d}.png"
            )
    (folder / "warm" / "notes.txt").write_text("none")
    return folder


@pytest.fixture(scope="module")
def runs(folder, tmp_path_factory):
    """Return the folder of two runs: one with the pictures in memory, one that reads them."""
    root = tmp_path_factory.mktemp("runs")
    name = f"folder:{folder},size=16x16"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(image_folder, "own_places", lambda: [root / "kept"])
        for share, run in ((1.0, "here"), (0.0, "there")):
            patch.setattr(datasets._load_folder, "__defaults__", (share,))
            words = f"train --dataset {name} --epochs 3 --batch-size 4 --run-dir {root}".split()
            assert main([*words, "--id", run]) == 0
        yield root


def test_a_training_from_disk_is_the_one_from_memory_bit_for_bit(runs):
    here, there = (
        keras.saving.load_model(runs / run / "models" / "best.keras") for run in ("here", "there")
    )
    assert here.image_shape == (16, 16, 3)
    assert here.beta == pytest.approx(1)
    for ours, theirs in zip(here.get_weights(), there.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_data_lists_what_is_no_picture(folder, runs, capsys):
    assert main(["data", f"folder:{folder},size=16x16", "--run-dir", str(runs)]) == 0
    printed = capsys.readouterr().out
    assert "54 images of 16 x 16 x 3, 2 classes of 27 to 27" in printed
    assert "without warm/notes.txt: no picture" in printed
    assert (runs / f"data-{folder.name}-size-16x16" / "figures" / "01-samples.png").is_file()


def test_the_model_is_measured_on_its_pictures(runs, capsys, monkeypatch):
    monkeypatch.setattr("fidle_vae.evaluation.measures.MOST_READ", 20)
    capsys.readouterr()
    assert main(["evaluate", "there", "--samples", "3", "--json", "--run-dir", str(runs)]) == 0
    found = json.loads(capsys.readouterr().out)["models"]["there"]
    assert found["pixels"] == "colours"
    assert {"elbo", "knn_accuracy", "frechet_distance"} <= set(found["measures"])
    assert [path.suffix for path in (runs / "classifiers").iterdir()] == [".keras"]


def test_each_of_few_pictures_on_disk_is_compared_once(runs, monkeypatch):
    compared, knn_accuracy = [], measures.knn_accuracy

    def noted(codes, *others):
        compared.append(len(codes))
        return knn_accuracy(codes, *others)

    monkeypatch.setattr(measures, "knn_accuracy", noted)
    assert main(["evaluate", "there", "--samples", "3", "--run-dir", str(runs)]) == 0
    assert compared == [54]


def test_its_film_its_morph_and_its_explorer_are_in_colour(runs, tmp_path):
    run = "--run-dir", str(runs)
    assert main(["film", "here", "-o", str(tmp_path / "film.gif"), "--seconds", "4", *run]) == 0
    walk = "morph", "warm", "cold", "--model", "here", "--frames", "6", "--size", "64"
    assert main([*walk, "-o", str(tmp_path / "morph.gif"), *run]) == 0
    with Image.open(tmp_path / "morph.gif") as morph:
        pixels = np.asarray(morph.convert("RGB"), float)[:64]
    assert np.ptp(pixels, axis=2).max() > 20
    page = tmp_path / "page.html"
    assert main(["explore", "here", "-o", str(page), "--no-show", *run]) == 0
    assert page.stat().st_size > 100_000
