"""The page of a sweep: what it shows of many trials, and of pictures of one's own."""

import numpy as np
from PIL import Image

from fidle_vae.data import image_folder
from fidle_vae.sweeps import local, page
from fidle_vae.sweeps.grid import make_trials
from fidle_vae.sweeps.outcomes import read_outcome
from fidle_vae.sweeps.trial import run_trial
from tests.helpers.small_sweep import OVER, SMALL


def test_of_many_settings_the_best_are_drawn_and_the_others_are_in_the_table(
    whole, tmp_path, monkeypatch
):
    seeds, options = SMALL["seeds"], {k: v for k, v in SMALL.items() if k != "seeds"}
    outcomes = [read_outcome(whole, trial) for trial in make_trials(OVER, seeds, options)]
    monkeypatch.setattr(page, "DRAWN", 1)
    monkeypatch.setattr(page, "ROWS", 3)
    for each in outcomes:
        (tmp_path / each.trial.name).symlink_to(whole / each.trial.name)
    page.write_page(tmp_path / "index.html", outcomes)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert text.count("The 1 best of 2 settings.") == 2 * 3  # in the caption and the alternative
    assert (tmp_path / "figures" / "03-codes-1.png").is_file()
    assert "The first 3; all 4 are in results.csv." in text
    assert text.count('class="status finished"') == 3
    assert "4 of 4" in text


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


def test_processes_of_a_sweep_leave_each_other_room_on_a_gpu(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(
        local.subprocess, "Popen", lambda *words, env, **options: started.append(env)
    )
    monkeypatch.setenv("TF_FORCE_GPU_ALLOW_GROWTH", "what the user says")
    local._Place(tmp_path, 1, 0, False)._start()
    assert started[0]["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    assert started[0]["TF_FORCE_GPU_ALLOW_GROWTH"] == "what the user says"
