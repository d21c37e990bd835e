"""What no Docker engine checks here: the Dockerfile, compose.yaml, pins and workflow agree."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = dict(
    line.lower().replace("_", "-").split("==")
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)


def lines(instruction):
    """Arguments of each such instruction of the Dockerfile."""
    return re.findall(rf"^{instruction} +(.*)$", DOCKERFILE, flags=re.MULTILINE)


def copied():
    for line in lines("COPY"):
        *sources, target = [word for word in line.split() if not word.startswith("--")]
        yield sources, target


def test_every_path_that_the_dockerfile_copies_exists_and_is_not_ignored():
    let_through = {
        line.removeprefix("!").split("/")[0]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    sources = [source for sources, _ in copied() for source in sources]
    assert "fidle_vae" in sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert source in let_through, source


def test_what_pip_needs_to_build_the_package_is_copied_before_pip_runs():
    before = DOCKERFILE.split("pip install")[0]
    needed = {"pyproject.toml", "constraints.txt", PROJECT["readme"], "fidle_vae"}
    needed |= set(PROJECT["license-files"])
    assert needed <= set(before.split())


def test_the_dockerfile_takes_its_versions_from_constraints():
    (install,) = [line for line in lines("RUN") if "pip install" in line]
    assert "-c constraints.txt" in install
    for name, version in re.findall(r"([\w.-]+)==([\w.]+)", DOCKERFILE):
        assert PINS[name.lower()] == version
    (base,) = lines("FROM")
    major, minor = re.fullmatch(r"python:(\d+)\.(\d+)\.\d+-slim-\w+", base).groups()
    assert PROJECT["requires-python"] == ">=3.11,<3.14"
    assert (int(major), int(minor)) in {(3, 11), (3, 12), (3, 13)}


def test_the_container_does_not_run_as_root_and_its_folders_belong_to_its_user():
    (user,) = lines("USER")
    assert user != "root"
    assert all(f"--chown={user}:{user}" in line for line in lines("COPY"))
    assert DOCKERFILE.index("USER ") < DOCKERFILE.index("COPY ")


def test_compose_mounts_the_folders_that_the_image_makes():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    (workdir,) = lines("WORKDIR")
    folders = {f"{workdir}/{target}" for _, target in copied()}
    assert {name: service["profiles"] for name, service in services.items()} == {
        "cpu": ["cpu"], "gpu": ["gpu"],
    }  # fmt: skip
    for name, service in services.items():
        assert service["build"]["args"]["EXTRAS"] == name
        assert name in PROJECT["optional-dependencies"]
        assert {volume.split(":")[1] for volume in service["volumes"]} <= folders
        assert service["ports"] == [f"{port}:{port}" for port in lines("EXPOSE")]


def test_the_containers_jupyterlab_asks_for_its_token_and_its_healthcheck_passes(tmp_path):
    """The very commands of the Dockerfile, on a free port of the loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    swap = {"--ip=0.0.0.0": "--ip=127.0.0.1", "--port=8888": f"--port={port}"}
    words = json.loads(lines("CMD")[-1])
    assert set(swap) <= set(words)
    command = [sys.executable, "-m", *[swap.get(word, word) for word in words], "--allow-root"]
    (health,) = re.findall(r"CMD (\[.*\])", lines("HEALTHCHECK")[0])
    health = [word.replace(":8888", f":{port}") for word in json.loads(health)]

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


def test_pins_are_names_and_versions_only_and_cover_every_dependency():
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[\w.-]+==[\w.]+", line), line
    extras = [
        PROJECT["optional-dependencies"][extra] for extra in ("cpu", "gpu", "jax", "torch", "dev")
    ]
    for requirement in sum(extras, PROJECT["dependencies"]):
        name = re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")
        assert name in PINS, name


def test_this_environment_has_the_pinned_versions():
    from importlib.metadata import version

    for name in ("keras", "numpy", "matplotlib", "scikit-learn", "jax", "torch", "pytest", "ruff"):
        assert version(name).split("+")[0] == PINS[name]


def test_the_workflow_and_ci_run_the_readmes_test_command():
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    steps = [step.get("run") for job in workflow["jobs"].values() for step in job["steps"]]
    assert "bash .ci/run" in steps
    assert "make test" in (ROOT / ".ci/run").read_text().splitlines()
    assert "make test" in (ROOT / "README.md").read_text()


def test_every_make_target_is_listed_by_help_and_says_what_it_does():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(shlex.split(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1]))
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = dict(re.findall(r"^  make (\w+) +(\S.*)$", done.stdout, re.MULTILINE))
    assert set(listed) == targets


def test_what_was_not_installed_yet_is_installed_when_it_is_asked_for(tmp_path):
    def steps(extras):
        command = ["make", "-n", "-f", ROOT / "Makefile", "test", f"EXTRAS={extras}"]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    (tmp_path / ".venv").mkdir()
    stamp = re.search(r"touch (\S+)", steps("cpu"))[1]
    (tmp_path / stamp).touch()  # as `make run EXTRAS=cpu` leaves it
    assert "pip install" not in steps("cpu")
    assert '-e ".[cpu,dev]"' in steps("cpu,dev")


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
