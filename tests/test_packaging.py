import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def pins():
    """Return the version of each package in constraints.txt, by normalized name."""
    pairs = (line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines())
    return {re.sub(r"[-_.]+", "-", name).lower(): pinned for name, pinned in pairs}


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("platform", ["linux", "windows", "macos"])
def test_every_package_that_is_installed_has_its_pin(python, platform):
    extras = ["cpu", "jax", "torch", "ray", "optuna", "tensorboard", "trackio", "dev"]
    extras += ["gpu"] * (platform == "linux")
    done = subprocess.run(
        [
            sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header",
            "--no-annotate", "--only-binary", ":all:", "--python", sys.executable,
            "--python-version", python, "--python-platform", platform,
            "--constraints", "constraints.txt", *(f"--extra={extra}" for extra in extras),
            "pyproject.toml",
        ],
        cwd=ROOT, capture_output=True, text=True,
        env=os.environ | {"MACOSX_DEPLOYMENT_TARGET": "14.0"},  # PyTorch has no older wheel
    )  # fmt: skip
    if "error sending request" in done.stderr:
        pytest.skip("no package index can be reached, to find what would be installed")
    assert done.returncode == 0, done.stderr
    resolved = re.findall(r"^([\w-]+)(?:\[.*\])?==(\S+)", done.stdout, re.MULTILINE)
    assert {"keras", "jax", "torch", "pytest"} <= {name for name, _ in resolved}
    known = pins()
    assert [(name, found) for name, found in resolved if known.get(name) != found] == []


def test_this_environment_has_the_pinned_versions():
    known = pins()
    for name in ("keras", "numpy", "matplotlib", "scikit-learn", "jax", "torch", "pytest", "ruff"):
        assert version(name).split("+")[0] == known[name]


@pytest.fixture
def make(tmp_path):
    """Return a function that runs make with a fake Python, which logs what pip would install."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "setup.py"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    stub, log = tmp_path / ".venv" / "bin" / "python", tmp_path / "log"
    stub.parent.mkdir(parents=True)
    stub.write_text(f'#!/bin/sh\ncase "$*" in *pip*) echo "$*" >> "{log}" ;; esac\n')
    stub.chmod(0o755)
    (stub.parent / "fidle-vae").symlink_to(stub)

    def call(target):
        log.write_text("")
        subprocess.run(
            ["make", target, f"PYTHON={sys.executable}"],
            cwd=tmp_path, check=True, capture_output=True,
            env={name: value for name, value in os.environ.items() if "EXTRAS" not in name},
        )  # fmt: skip
        assert all("-c constraints.txt" in line for line in log.read_text().splitlines())
        return re.findall(r"-e \.\[(.*)\]", log.read_text())

    return call


@pytest.mark.skipif(os.name == "nt", reason="the Makefile is for Linux and macOS")
@pytest.mark.parametrize(
    ("first", "installed", "second", "added"),
    [
        ("run", ["cpu"], "test", ["jax,torch,ray,optuna,tensorboard,trackio,dev"]),
        ("test", ["cpu", "jax,torch,ray,optuna,tensorboard,trackio,dev"], "run", []),
    ],
)
def test_make_installs_what_a_target_needs_and_nothing_twice(make, first, installed, second, added):
    assert make(first) == installed
    assert make(first) == []
    assert make(second) == added
    assert make(second) == []


def test_every_make_target_is_listed_by_help_and_says_what_it_does():
    rules = subprocess.run(["make", "-pn", "help"], cwd=ROOT, capture_output=True, text=True).stdout
    (phony,) = re.findall(r"^\.PHONY: (.*)$", rules, re.MULTILINE)
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = dict(re.findall(r"^  make ([\w-]+) +(\S.*)$", done.stdout, re.MULTILINE))
    assert set(listed) == set(phony.split())


def test_the_containers_jupyterlab_asks_for_its_token_and_its_healthcheck_passes(tmp_path):
    """Run the Dockerfile's own commands, on a free port; `make docker-check` builds the image."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    swap = {"--ip=0.0.0.0": "--ip=127.0.0.1", "--port=8888": f"--port={port}"}
    health, words = map(json.loads, re.findall(r"^ *CMD (\[.*\])$", dockerfile, re.MULTILINE))
    assert set(swap) <= set(words)
    command = [sys.executable, "-m", *[swap.get(word, word) for word in words], "--allow-root"]
    health = [word.replace(":8888", f":{port}") for word in health]

    def healthy():
        return (
            subprocess.run([sys.executable, *health[1:]], stderr=subprocess.DEVNULL).returncode == 0
        )

    log = tmp_path / "log"
    with log.open("w") as file:
        server = subprocess.Popen(
            command, cwd=tmp_path, stdout=file, stderr=file,
            env=os.environ | {"HOME": str(tmp_path), "JUPYTER_PORT_RETRIES": "0"},
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not healthy():
            assert time.monotonic() < deadline, log.read_text()
            assert server.poll() is None, log.read_text()
            time.sleep(0.5)
        address = f"http://127.0.0.1:{port}/api/contents"
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(address)
        refused.value.close()
        assert refused.value.code == 403
        token = re.search(r"token=(\w+)", log.read_text())[1]
        with urllib.request.urlopen(f"{address}?token={token}") as answer:
            assert answer.status == 200
    finally:
        server.terminate()
        server.wait(20)
    assert not healthy()


def test_the_readmes_program_runs_as_it_stands(tmp_path, monkeypatch):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    programs = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    program = "\n".join(programs)
    for slow, fast in (("scale=0.1", "scale=0.005"), ("epochs=10", "epochs=1")):
        assert slow in program
        program = program.replace(slow, fast)
    monkeypatch.setenv("FIDLE_VAE_RUN_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(program, "README.md", "exec"), names)
    assert names["vae"].beta == pytest.approx(0.784)
    assert (tmp_path / "my-first" / "models" / "best.keras").exists()


def test_the_readmes_links_and_pictures_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", readme)
    assert len(links) >= 3
    for link in links:
        assert (ROOT / link).exists(), link
