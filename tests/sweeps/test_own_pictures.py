"""A sweep over a folder of pictures."""

import numpy as np
from PIL import Image

from fidle_vae.data import image_folder
from fidle_vae.sweeps import page
from fidle_vae.sweeps.grid import make_trials
from fidle_vae.sweeps.outcomes import read_outcome
from fidle_vae.sweeps.trial import run_trial


def test_a_sweep_over_a_folder_of_pictures_names_its_classes(tmp_path, monkeypatch):
    monkeypatch.setattr(image_folder, "own_places", lambda: [tmp_path / "kept"])
    rng = np.random.default_rng(0)
    for kind in ("cats", "dogs"):
        (tmp_path / "pictures" / kind).mkdir(parents=True)
        for i in range(20):
            colours = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
            Image.fromarray(colours).save(tmp_path / "pictures" / kind / f"{i}.png")
    name = f"folder:{tmp_path / 'pictures'},size=8x8"
    drawn = []
    monkeypatch.setattr(
        page, "compare_codes",
        lambda codes, labels, names, columns, draw=page.compare_codes: drawn.append(names)
        or draw(codes, labels, names, columns=columns),
    )  # fmt: skip
    trials = make_trials({"latent_dim": [2, 3]}, 1, {"dataset": name, "kind": "mlp", "epochs": 1})
    for trial in trials:
        run_trial(tmp_path, trial)
    page.write_page(tmp_path / "index.html", [read_outcome(tmp_path, trial) for trial in trials])
    assert drawn == [("cats", "dogs")]
    assert "2 of 2" in (tmp_path / "index.html").read_text(encoding="utf-8")
