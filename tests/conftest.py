import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from fidle_vae.models.networks import build_decoder, build_encoder
from fidle_vae.models.vae import VAE
from tests.helpers.browser import browser as browser
from tests.helpers.browser import page as page

SHAPE = (8, 8, 1)
# What `make quick` leaves out, beside what drives a browser: files that take about ten seconds or
# more, as they train, start processes or run lessons.
SLOW = {
    "benchmarks/test_other.py",
    "benchmarks/test_paper_table.py",
    "benchmarks/test_speed.py",
    "checks/test_discovery.py",
    "checks/test_planted_mistakes.py",
    "cli/test_own_pictures.py",
    "course/test_notebooks.py",
    "course/test_run_lessons.py",
    "evaluation/test_classifier.py",
    "evaluation/test_evaluate.py",
    "evaluation/test_integration.py",
    "evaluation/test_measures.py",
    "explorer/test_export.py",
    "explorer/test_jupyter.py",
    "explorer/test_widget.py",
    "films/test_training.py",
    "grading/test_grade.py",
    "grading/test_judging.py",
    "models/test_contract.py",
    "models/test_vae.py",
    "sweeps/test_pruning.py",
    "sweeps/test_ray_engine.py",
    "sweeps/test_sweep.py",
    "test_backends.py",
    "test_init.py",
    "test_packaging.py",
    "torture/test_torture.py",
    "training/test_callbacks.py",
    "training/test_checkpoint.py",
    "training/test_devices.py",
    "training/test_processes.py",
    "training/test_record.py",
    "training/test_schedules.py",
    "training/test_tracker.py",
    "training/test_train.py",
}


# Two files wait for two processes of their own each. One begins first, the other when that is over,
# so that beside them the other workers go on with the other files.
PLACES = {"course/test_notebooks.py": "", "test_backends.py": "evaluation"}


def pytest_collection_modifyitems(items):
    tests = Path(__file__).parent
    places = {}
    for item in items:
        name = item.path.relative_to(tests).as_posix() if item.path.is_relative_to(tests) else ""
        if name in SLOW or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.slow)
        places[item] = PLACES.get(name, name)
    items.sort(key=places.get)


@pytest.fixture
def images():
    """Return 70 blurred spots: with batches of 32, the last batch has 6."""
    rng = np.random.default_rng(7)
    centre, size = rng.uniform(2, 6, (70, 2, 1, 1)), rng.uniform(1, 2, (70, 1, 1))
    row, column = np.mgrid[:8, :8]
    square = (row - centre[:, 0]) ** 2 + (column - centre[:, 1]) ** 2
    return np.exp(-square / size**2)[..., None].astype("float32")


@pytest.fixture
def make_vae():
    """Return a function that builds a small compiled VAE, the same one for the same seed."""

    def make(kind="mlp", shape=SHAPE, latent_dim=2, seed=1, learning_rate=1e-3, **kwargs):
        keras.utils.set_random_seed(seed)
        encoder, decoder = (
            build(kind, shape, latent_dim) for build in (build_encoder, build_decoder)
        )
        vae = VAE(encoder, decoder, **kwargs)
        vae.compile(keras.optimizers.Adam(learning_rate))
        return vae

    return make


@pytest.fixture(scope="session")
def run_python():
    """Return a function that runs a program in a fresh process and returns what it prints."""

    def run(program, *arguments, **kwargs):
        done = subprocess.run(
            [sys.executable, "-c", program, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            **kwargs,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
