import ast
import os
import subprocess
import sys

import pytest

import fidle_vae

# Simulates an installation without some packages, which it hides.
WITHOUT = """
import importlib.util, sys
find = importlib.util.find_spec
hidden = set(sys.argv[1].split(","))
importlib.util.find_spec = lambda name, *a: None if name in hidden else find(name, *a)
"""


def import_without(hidden, then="", **environment):
    kept = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    return subprocess.run(
        [sys.executable, "-c", f"{WITHOUT}\nimport fidle_vae\n{then}", hidden],
        env=kept | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_public_names_come_from_the_top():
    names = {
        "VAE", "SamplingLayer", "VariationalLossLayer", "ImagesCallback", "BestModelCallback",
        "load_mnist", "load_dataset", "Run",
    }  # fmt: skip
    assert names <= set(dir(fidle_vae))
    assert all(callable(getattr(fidle_vae, name)) for name in names)
    assert callable(fidle_vae.checks.kl)


def test_without_a_backend_one_sentence_gives_the_pip_line():
    done = import_without("tensorflow,jax,torch")
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "needs a Keras backend and none is installed" in last
    assert 'pip install -c constraints.txt -e ".[cpu]"' in last


def test_a_backend_that_is_chosen_but_missing_is_named():
    done = import_without("torch", KERAS_BACKEND="torch")
    assert "KERAS_BACKEND is 'torch', which is not installed" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("hidden", "backend"), [("", None), ("tensorflow", "jax"), ("tensorflow,jax", "torch")]
)
def test_an_installed_backend_is_used(hidden, backend):
    done = import_without(hidden, "import os; print(os.environ.get('KERAS_BACKEND'))")
    assert done.stdout.strip() == str(backend)


def test_importing_the_package_loads_nothing_heavy():
    program = "import fidle_vae, sys; print({m.split('.')[0] for m in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    heavy = {"keras", "tensorflow", "numpy", "matplotlib", "scipy"}
    assert not ast.literal_eval(done.stdout) & heavy


@pytest.mark.parametrize("name", ["VAE", "checks"])
def test_importing_a_name_that_needs_keras_prints_nothing(name):
    program = f"from fidle_vae import {name}; import keras; keras.ops.ones(3) + 1"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr == done.stdout == ""
