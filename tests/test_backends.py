import os
import re
import subprocess
import sys
from pathlib import Path

import keras
import pytest

CORE = [sys.executable, "-m", "pytest", "-q", "-m", "core", str(Path(__file__).parent)]
OTHERS = {"tensorflow", "jax", "torch"} - {keras.config.backend()}


@pytest.mark.parametrize("backend", sorted(OTHERS))
def test_the_core_tests_pass_on_the_other_backends(backend):
    environment = {**os.environ, "KERAS_BACKEND": backend}
    done = subprocess.run(CORE, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    print(f"{backend}: {passed[0]}")
    assert int(passed[1]) > 90
    assert "skipped" not in done.stdout
