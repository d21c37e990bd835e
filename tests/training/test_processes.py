"""Several processes train the model that one process trains, and survive the loss of one."""

import json
import os
import socket
import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from fidle_vae.runs.state import epoch_reached, manifest_of, status_of
from fidle_vae.training import processes
from fidle_vae.training.processes import LOST, Part, joined, part_of_job, processes_of_job

TRAIN = ["train", "--dataset", "digits", "--scale", "0.01", "--kind", "mlp", "--epochs", "6",
         "--id", "here", "--devices", "auto"]  # fmt: skip
COMMAND = "import sys; from fidle_vae.cli.main import main; sys.exit(main(sys.argv[1:]))"


def start(root, words, variables=()):
    """Start a training on JAX with one CPU device."""
    environment = os.environ | {"KERAS_BACKEND": "jax", "XLA_FLAGS": ""} | dict(variables)
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words, "--run-dir", str(root)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip


def start_two(root, words, variables):
    """Start two processes; `variables` says what each finds in its environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return [start(root, words, variables(me, port)) for me in range(2)]


def start_and_wait_until(happened, *job):
    """Start two processes, and wait until something has happened, or one of them has ended.

    Once in ninety times, two processes did not meet within 200 s on a busy machine; why is not
    known. So that case is given a second try, as a user would give it.
    """
    for _ in range(2):
        both = start_two(*job)
        end = time.monotonic() + 150
        while time.monotonic() < end:
            if happened(both) or any(each.poll() for each in both):
                return both
            time.sleep(0.05)
        for each in both:
            each.kill()
    raise TimeoutError("two processes did not meet, twice")


def by_keras(me, port):
    """Return what tells Keras of a job of two."""
    values = f"127.0.0.1:{port}", "2", str(me)
    names = "JOB_ADDRESSES", "NUM_PROCESSES", "PROCESS_ID"
    return {f"KERAS_DISTRIBUTION_{name}": value for name, value in zip(names, values, strict=True)}


def by_slurm(me, port):
    """Return what `srun -n 2` sets; JAX makes the port from the number of the job."""
    job = {"JOB_ID": str(port), "STEP_NODELIST": "localhost", "NTASKS": "2", "STEP_NUM_NODES": "1"}
    return {f"SLURM_{name}": value for name, value in (job | {"PROCID": str(me)}).items()} | {
        "SLURM_LOCALID": str(me)
    }


def results(run):
    """Return history, metrics and weights of a run's best model."""
    model = keras.saving.load_model(run / "models" / "best.keras")
    history = json.loads((run / "logs" / "history.json").read_text())
    return history, manifest_of(run)["metrics"], [np.asarray(w) for w in model.get_weights()]


def test_two_processes_of_which_one_is_killed_end_with_the_model_of_one(tmp_path):
    alone = start(tmp_path / "alone", TRAIN)
    assert "on " not in alone.communicate()[0].splitlines()[0].partition("beta")[2]
    assert alone.returncode == 0

    run = tmp_path / "two" / "here"
    first, second = start_and_wait_until(
        lambda _: manifest_of(run) and epoch_reached(run), tmp_path / "two", TRAIN, by_keras
    )
    second.kill()
    said, errors = first.communicate(timeout=120)
    assert "on 2 devices" in said
    assert first.returncode == 1
    assert "fidle-vae: process 0 of 2 (from 0) lost the connection to another one" in errors
    assert "--resume here" in errors
    assert "Traceback" not in errors
    assert status_of(run) == "failed"
    assert 1 <= epoch_reached(run) < 6
    assert "Training" not in second.communicate()[0]  # the first one speaks

    resume = ["train", "--resume", "here", "--devices", "auto"]
    both = start_and_wait_until(
        lambda both: both[0].poll() == both[1].poll() == 0, tmp_path / "two", resume, by_slurm
    )
    outputs = [each.communicate(timeout=120) for each in both]
    assert [each.returncode for each in both] == [0, 0], outputs
    assert "Held-out ELBO" in outputs[0][0]
    assert "ELBO" not in outputs[1][0]
    assert [path.name for path in (tmp_path / "two").iterdir() if path.name[0] != "."] == ["here"]
    of_one, of_two = results(tmp_path / "alone" / "here"), results(run)
    assert len(of_two[0]["loss"]) == 6
    for one, two in zip(keras.tree.flatten(of_one), keras.tree.flatten(of_two), strict=True):
        np.testing.assert_allclose(two, one, rtol=1e-3, atol=1e-4)


def test_a_process_knows_how_many_were_started_with_it(monkeypatch):
    assert processes_of_job() == 1
    monkeypatch.setenv("SLURM_NTASKS", "4")  # as in a batch script, outside of srun
    assert processes_of_job() == 1
    for name, value in by_slurm(1, 40000).items():
        monkeypatch.setenv(name, value)
    assert processes_of_job() == 2
    for name, value in by_keras(2, 40000).items():
        monkeypatch.setenv(name, value.replace("2", "3") if "NUM" in name else value)
    assert processes_of_job() == 3
    monkeypatch.setenv("KERAS_DISTRIBUTION_PROCESS_ID", "3")
    with pytest.raises(ValueError, match=r"place of this one, from 0, .* got '3', '3' and '127"):
        processes_of_job()
    assert part_of_job() == Part(0, 1)  # as it has not joined


def test_several_processes_on_another_backend_raise_one_sentence(monkeypatch, tmp_path):
    for name, value in by_keras(1, 40000).items():
        monkeypatch.setenv(name, value)
    sentence = "backend must be jax where 2 processes train together, got tensorflow: set KERAS_BA"
    with pytest.raises(ValueError, match=sentence), joined(tmp_path):
        pass


def test_processes_with_other_options_say_so(monkeypatch):
    from jax.experimental import multihost_utils

    monkeypatch.setattr(processes, "part_of_job", lambda: Part(0, 2))
    for other in (0, 1):
        monkeypatch.setattr(
            multihost_utils,
            "process_allgather",
            lambda own, other=other: np.stack([own, own ^ other]),
        )
        if other:
            with pytest.raises(
                ValueError, match=r"options must be the same in all 2 processes, and"
            ):
                processes.require_same("options", {"seed": 1})
        else:
            processes.require_same("options", {"seed": 1})


def test_only_a_lost_connection_is_called_so():
    assert LOST.search("UNKNOWN: Gloo AllGather failed: Connection closed by peer")
    assert not LOST.search("batch_size must be a multiple of the 2 devices, got 63")
