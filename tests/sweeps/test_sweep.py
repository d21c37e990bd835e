import json
import os
import signal
import subprocess
import sys
import time

import keras
import psutil
import pytest

from fidle_vae.data.datasets import load_dataset
from fidle_vae.evaluation.likelihood import importance_sampling
from fidle_vae.runs.run import Run
from fidle_vae.runs.state import manifest_of, status_of
from fidle_vae.sweeps import page as pages
from fidle_vae.sweeps.grid import make_trials
from fidle_vae.sweeps.local import run_local
from fidle_vae.sweeps.outcomes import read_outcome
from fidle_vae.sweeps.sweep import FailedTrialsError, sweep
from tests.helpers.events import events
from tests.helpers.small_sweep import COMMAND, OVER, SMALL, results, trainings


def start_command(run_dir):
    # a shell ignores SIGINT in what it starts in the background, perhaps these tests
    program = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from fidle_vae.cli.main import main; sys.exit(main())"
    )
    command = [sys.executable, "-c", program, *COMMAND, "--jobs", "1", "--run-dir", run_dir]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )


def test_the_table_has_a_row_for_each_trial_and_a_column_for_each_thing(whole):
    rows = results(whole)
    assert [(row["k2"], row["seed"], row["status"]) for row in rows] == [
        (k2, seed, "finished") for k2 in ("0.001", "0.01") for seed in ("1", "2")
    ]
    assert list(rows[0]) == [
        "k2", "seed", "status", "elbo", "rate", "distortion", "best_epoch", "epochs", "seconds",
        "trial", "error",
    ]  # fmt: skip
    assert len({row["elbo"] for row in rows}) == 4
    for row in rows:
        total = -(float(row["rate"]) + float(row["distortion"]))
        assert float(row["elbo"]) == pytest.approx(total)
        assert row["epochs"] == "2"
        assert row["best_epoch"] in ("1", "2")
    assert float(rows[0]["rate"]) > 2 * float(rows[2]["rate"])  # a heavier KL is smaller


def test_all_trials_are_measured_on_the_same_images_with_the_same_draws(whole):
    x_test = load_dataset("digits", 0.2, seed=0).x_test
    row = results(whole)[1]
    vae = keras.saving.load_model(whole / row["trial"] / "models" / "best.keras")
    found = importance_sampling(vae.encoder, vae.decoder, x_test, samples=5)
    assert float(row["rate"]) == pytest.approx(found.kl.mean(), rel=1e-4)
    assert float(row["elbo"]) == pytest.approx(found.elbo.mean(), abs=1.0)


def test_the_page_shows_every_trial_and_needs_no_other_file(whole):
    page = (whole / "index.html").read_text(encoding="utf-8")
    for row in results(whole):
        assert f"{float(row['elbo']):.2f}" in page
    assert page.count('src="data:image/png;base64,') == 3
    assert 'src="http' not in page
    assert "4 of 4" in page
    names = {path.name for path in (whole / "figures").iterdir()}
    assert names == {"01-terms.png", "02-rate-distortion.png", "03-codes-2.png"}


def test_of_many_settings_the_best_are_drawn_and_the_others_are_in_the_table(
    whole, tmp_path, monkeypatch
):
    seeds, options = SMALL["seeds"], {k: v for k, v in SMALL.items() if k != "seeds"}
    outcomes = [read_outcome(whole, trial) for trial in make_trials(OVER, seeds, options)]
    monkeypatch.setattr(pages, "DRAWN", 1)
    monkeypatch.setattr(pages, "ROWS", 3)
    monkeypatch.setattr(pages, "LISTED", 1)
    failed = [each._replace(status="failed", error="it broke") for each in outcomes]
    pages.write_page(tmp_path / "failed.html", failed)
    assert "and 3 more, in results.csv" in (tmp_path / "failed.html").read_text(encoding="utf-8")
    for each in outcomes:
        (tmp_path / each.trial.name).symlink_to(whole / each.trial.name)
    pages.write_page(tmp_path / "index.html", outcomes)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert text.count("The 1 best of 2 settings.") == 2 * 3  # in the caption and the alternative
    assert (tmp_path / "figures" / "03-codes-1.png").is_file()
    assert "The first 3; all 4 are in results.csv." in text
    assert text.count('class="status finished"') == 3
    assert "4 of 4" in text


def test_what_is_finished_is_not_trained_again(whole, capsys):
    before, count = results(whole), trainings(whole)
    sweep(OVER, **SMALL, run_dir=whole.parent)
    assert trainings(whole) == count == 4
    assert results(whole) == before
    assert "4 of 4 trials are finished, best ELBO" in capsys.readouterr().out


def test_a_finished_trial_with_other_parameters_is_refused(whole):
    with pytest.raises(ValueError, match=r"was trained with epochs 2, and not 3: choose another"):
        sweep(OVER, **SMALL | {"epochs": 3}, run_dir=whole.parent)


def test_one_process_at_a_time_runs_a_sweep(whole, monkeypatch):
    def second(*_, **__):
        with pytest.raises(OSError, match=r"sweep sweep in .* is run by process \d+ on .*wait"):
            sweep(OVER, **SMALL, run_dir=whole.parent)
        raise InterruptedError

    monkeypatch.setattr(sys.modules["fidle_vae.sweeps.sweep"], "write_csv", second)
    with pytest.raises(InterruptedError):
        sweep(OVER, **SMALL, run_dir=whole.parent)


def test_a_sweep_that_was_killed_goes_on_and_ends_with_the_same_table(whole, tmp_path):
    driver = start_command(tmp_path)
    root = tmp_path / "sweep"
    first, second = (row["trial"] for row in results(whole)[:2])
    deadline = time.monotonic() + 60
    while not (root / second / "checkpoint.npz").exists():  # the second is in the middle
        assert driver.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    workers = psutil.Process(driver.pid).children()
    driver.kill()
    driver.communicate()
    psutil.wait_procs(workers, timeout=20)
    assert not any(worker.is_running() for worker in workers)
    assert status_of(root / first) == "finished"
    assert status_of(root / second) == "interrupted"
    started = manifest_of(root / first)["token"]

    sweep(OVER, **SMALL, jobs=1, run_dir=tmp_path)
    assert results(root) == results(whole)
    assert manifest_of(root / first)["token"] == started  # not trained again
    assert manifest_of(root / second)["resumed"]


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_ends_all_processes_and_keeps_the_results(tmp_path):
    driver = start_command(tmp_path)
    workers = []
    for line in driver.stdout:  # the end of the first trial
        workers = psutil.Process(driver.pid).children()
        assert "[1/4] k2=0.001 seed=1   finished   ELBO -" in line
        break
    driver.send_signal(signal.SIGINT)
    printed, _ = driver.communicate(timeout=30)
    assert driver.returncode == 130, printed
    psutil.wait_procs(workers, timeout=20)
    assert not any(worker.is_running() for worker in workers)
    rows = results(tmp_path / "sweep")
    statuses = [row["status"] for row in rows]
    assert statuses[0] == "finished"
    assert statuses[1] in ("interrupted", "waiting")
    assert statuses[-1] == "waiting"
    assert [row["elbo"] == "" for row in rows] == [status != "finished" for status in statuses]


def test_a_trial_that_fails_is_tried_again_and_listed_while_others_finish(tmp_path, capsys):
    over = {"loss_weights": [(3e38, 1.0), (1.0, 1e-3)]}
    with pytest.raises(FailedTrialsError, match=r"1 of 2 trials failed(.|\n)*3e\+38,1 .*diverged"):
        sweep(over, **SMALL | {"seeds": 1}, jobs=1, run_dir=tmp_path)
    bad, good = results(tmp_path / "sweep")
    assert (bad["status"], good["status"]) == ("failed", "finished")
    assert "diverged" in bad["error"]
    assert (bad["elbo"], bad["rate"]) == ("", "")
    assert trainings(tmp_path / "sweep") == 3
    assert "is tried again: the training of run" in capsys.readouterr().out
    page = (tmp_path / "sweep" / "index.html").read_text(encoding="utf-8")
    assert "1 of 2 trials failed" in page


def test_a_process_that_dies_costs_one_try_of_its_trial(whole, tmp_path):
    trials = make_trials(OVER, 2, {name: SMALL[name] for name in SMALL if name != "seeds"})[:2]
    news = []

    def tell(each):
        news.append((each.trial.name, each.what))
        if [what for _, what in news].count("epoch") == 1 and each.what == "epoch":
            (worker,) = psutil.Process().children()
            worker.kill()

    run_local(trials, tmp_path, tell, jobs=1, retries=1)
    first, second = (trial.name for trial in trials)
    assert (first, "again") in news
    assert news[-1] == (second, "finished")
    for trial, row in zip(trials, results(whole), strict=False):
        assert str(read_outcome(tmp_path, trial).elbo) == row["elbo"]


def test_a_trial_that_ended_just_before_its_process_died_is_not_trained_again(whole):
    trial = make_trials(OVER, 2, {name: SMALL[name] for name in SMALL if name != "seeds"})[0]
    token = manifest_of(whole / trial.name)["token"]
    news = []
    run_local([trial], whole, news.append, jobs=1)
    assert [each.what for each in news] == ["started", "finished"]
    assert manifest_of(whole / trial.name)["token"] == token


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"engine": "spark"}, r"engine must be one of local, ray; got 'spark'"),
        ({"search": "random"}, r"search must be one of grid, optuna"),
        ({"jobs": 0.5}, r"jobs must be an integer of 1 or more"),
        ({"retries": -1}, r"retries must be an integer of 0 or more"),
        ({"address": "auto"}, r"address is that of a Ray cluster.*add --engine ray"),
        ({"name": "a/b"}, r"name must be made of letters"),
        ({"tracker": "tensorbord"}, r"tracker must be one of tensorboard, trackio, wandb, mlflow"),
    ],
)
def test_a_wrong_option_is_one_sentence_before_any_work(tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        sweep(OVER, **SMALL, **options, run_dir=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_a_run_is_not_taken_for_a_sweep(whole):
    name = results(whole)[0]["trial"]
    with pytest.raises(ValueError, match=r"is a run, and no sweep: choose another --name"):
        sweep(OVER, **SMALL, name=name, run_dir=whole)


# Stands in for a worker: it says what it was started with, and that its trial is finished.
WORKER = """
import json, os, sys
print(os.environ["CUDA_VISIBLE_DEVICES"], os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"],
      os.environ["TF_FORCE_GPU_ALLOW_GROWTH"], file=sys.stderr, flush=True)
for line in sys.stdin:
    print(json.dumps({"end": "finished"}), flush=True)
"""


def test_processes_take_the_gpus_in_turn_and_leave_each_other_room_there(tmp_path, monkeypatch):
    start = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda words, **options: start([words[0], "-c", WORKER], **options)
    )
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,7")
    monkeypatch.setenv("TF_FORCE_GPU_ALLOW_GROWTH", "as the user says")
    news = []
    trials = make_trials(OVER, 2, {name: SMALL[name] for name in SMALL if name != "seeds"})
    run_local(trials, tmp_path, news.append, jobs=3)
    assert sum(each.what == "finished" for each in news) == len(trials)
    for number, gpu in enumerate("474", 1):
        said = (tmp_path / f"worker-{number}.log").read_text(encoding="utf-8")
        assert said == f"{gpu} false as the user says\n"


def test_each_trial_is_tracked(whole):
    for row in results(whole):
        run = Run(row["trial"], root=whole)
        history = json.loads((run.logs / "history.json").read_text(encoding="utf-8"))
        shown = events(run.logs)
        assert list(shown) == [1, 2]
        for step, metrics in shown.items():
            due = {name: values[step - 1] for name, values in history.items()}
            assert metrics == pytest.approx(due, rel=1e-6)
