"""A training whose numbers are no numbers any more, at a random step."""

import contextlib
import io
import json
import math
import random
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import psutil

from fidle_vae.data.datasets import Dataset
from fidle_vae.models.networks import build_decoder, build_encoder
from fidle_vae.models.vae import VAE
from fidle_vae.runs.run import Run
from fidle_vae.training.divergence import DivergedError
from fidle_vae.training.fit_run import fit_run
from fidle_vae.training.train import train

TRAININGS, MOST_GROWN = 200, 3.0  # times, MB


class Poison(keras.callbacks.Callback):
    """Makes all weights NaN after a step, counted from 0 over all epochs."""

    def __init__(self, step):
        super().__init__()
        self.left = step

    def on_train_batch_end(self, batch, logs=None):
        """Poison the weights when it is time."""
        if self.left == 0:
            for weight in self.model.trainable_variables:
                weight.assign(np.full(weight.shape, math.nan))
        self.left -= 1


def diverged(root: Path, rng: random.Random) -> str:
    """Make the weights NaN after a random step; the training must stop, its best model stay."""
    draw = np.random.default_rng(rng.randrange(1000))
    x = draw.random((48, 8, 8, 1), dtype="float32")
    data = Dataset(x[:40], None, x[40:], None, "blobs", "", "", ())
    vae = VAE(build_encoder("mlp", (8, 8, 1), 2), build_decoder("mlp", (8, 8, 1), 2))
    vae.compile("adam")
    run = Run("diverged", root=root)
    run.start(parameters={}, dataset=data)
    step = rng.randrange(14)
    try:
        with run.to_the_end():
            fit_run(run, vae, data, epochs=3, batch_size=8, callbacks=[Poison(step)], verbose=0)
        return "it went on to the end"
    except DivergedError as error:
        # 5 steps an epoch: the loss after the last one is that of the held-out images
        where = f"step {step % 5 + 2} of epoch {step // 5 + 1}"
        if step % 5 != 4 and where not in str(error):
            return f"{where} is not named: {error}"
    json.loads((run.path / "manifest.json").read_text(), parse_constant=_refuse)
    best = run.models / "best.keras"
    if step >= 5:
        weights = keras.saving.load_model(best, compile=False).get_weights()
        if not all(np.isfinite(weight).all() for weight in weights):
            return "the best model has weights that are not finite"
    elif best.exists():
        return "there is a best model of no epoch"
    return ""


def repeated(root: Path, rng: random.Random) -> str:
    """Train often in one process; it must not grow by what each training has used."""
    code = f"from torture.training import train_often; train_often({str(root)!r}, {TRAININGS})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        return done.stderr[-300:]
    grown = json.loads(done.stdout.splitlines()[-1])
    return f"{grown:.1f} MB for each training" if grown > MOST_GROWN else ""


def train_often(root: str, times: int) -> None:
    """Train so often, with figures; print how many MB each of the last 3/4 has added."""
    process, sizes = psutil.Process(), []
    for _ in range(times):
        with contextlib.redirect_stdout(io.StringIO()):
            train(dataset="digits", scale=0.005, kind="mlp", epochs=1, id="often", run_dir=root)
        sizes.append(process.memory_info().rss / 1e6)
    first = sizes[times // 4]
    print((sizes[-1] - first) / (times - 1 - times // 4))


def _refuse(constant):
    raise ValueError(f"{constant} is not JSON")
