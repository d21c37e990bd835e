import json

import numpy as np
import pytest

from benchmarks import defaults
from benchmarks.defaults import Setting


@pytest.fixture
def stripes(monkeypatch):
    """A labelled dataset of noisy stripes, in place of every dataset."""
    from fidle_vae.data.datasets import Dataset

    rng = np.random.default_rng(0)
    y = np.arange(1200) % 2
    x = rng.uniform(0, 0.2, (1200, 8, 8, 1)).astype("float32")
    x[y == 1, 2:4] += 0.8
    data = Dataset(
        x[:1000], y[:1000], x[1000:], y[1000:], "stripes", "here", "", ("flat", "stripe")
    )
    monkeypatch.setattr(defaults, "load_dataset", lambda name, scale, seed: data)


def test_a_setting_is_trained_and_judged_on_held_out_images(stripes, monkeypatch, capsys):
    monkeypatch.setattr(defaults, "SETTINGS", (Setting("mlp", 0.3, 8, 4),))
    defaults.main(["--run", "mnist", "0"])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["setting"] == ["mlp", 0.3, 8, 4, "one_cycle"]
    assert found["images"] == 1000 * 4
    assert found["seconds"] > 0
    assert -40 < found["elbo"] < -10
    assert found["survive"] > 0.9


def test_the_document_has_a_row_for_each_setting_of_each_dataset(tmp_path, monkeypatch):
    monkeypatch.setattr(
        defaults,
        "run",
        lambda contender: {
            "setting": defaults.SETTINGS[contender.arguments[-1]], "images": 60000,
            "seconds": 24.4, "elbo": -150.26 if "mnist" in contender.arguments else -140.0,
            "survive": 0.724,
        },
    )  # fmt: skip
    defaults.main([], tmp_path / "defaults.md")
    text = (tmp_path / "defaults.md").read_text()
    mnist, digits = text.split("## digits")
    for part, elbo in ((mnist, "-150.3"), (digits, "-140.0")):
        rows = [line for line in part.splitlines() if f"| 60,000 | 24 | {elbo} | 72 % |" in line]
        assert len(rows) == len(defaults.SETTINGS)
    assert "| strided | 0.3 | 32 | 8 | one_cycle | 60,000" in mnist


def test_the_lessons_take_the_last_setting():
    from fidle_vae.course.lessons import lessons_dir, read_parameters

    last = defaults.SETTINGS[-1]
    for lesson in ("VAE1", "VAE2"):
        parameters = read_parameters(lessons_dir() / f"{lesson}.ipynb")
        taken = [parameters[name] for name in ("scale", "batch_size", "epochs")]
        assert taken == [last.scale, last.batch_size, last.epochs]
