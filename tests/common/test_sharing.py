import itertools
import os
import stat
import subprocess

import pytest

from fidle_vae.common import sharing
from fidle_vae.common.sharing import one_gpu_each


@pytest.fixture
def no_choice(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def gpus_of(count):
    """Return the GPU that each of so many processes gets."""
    return [each.get("CUDA_VISIBLE_DEVICES") for each in itertools.islice(one_gpu_each(), count)]


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        ("2, 5", ["2", "5", "2", "5", "2"]),
        ("GPU-8a", ["GPU-8a"] * 5),
        ("", [None] * 5),
        ("1,-1,2", ["1"] * 5),
        ("-1", [None] * 5),
    ],
)
def test_processes_take_the_gpus_that_the_user_has_chosen_in_turn(monkeypatch, visible, expected):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert gpus_of(5) == expected


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for NVIDIA's tool")
@pytest.mark.parametrize(
    ("tool", "expected"),
    [("printf '0\\n1\\n2\\n'", ["0", "1", "2", "0"]), ("echo No devices", [None] * 4)],
)
def test_else_all_that_nvidia_lists(monkeypatch, no_choice, tmp_path, tool, expected):
    script = tmp_path / "nvidia-smi"
    script.write_text(f"#!/bin/sh\n{tool}\n")
    script.chmod(script.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert gpus_of(4) == expected


@pytest.mark.parametrize(
    "error", [FileNotFoundError("nvidia-smi"), subprocess.TimeoutExpired("nvidia-smi", 60)]
)
def test_without_a_driver_that_answers_nothing_is_chosen(monkeypatch, no_choice, error):
    def fail(*arguments, **options):
        raise error

    monkeypatch.setattr(sharing.subprocess, "run", fail)
    assert gpus_of(2) == [None, None]
