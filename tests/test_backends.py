import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import pytest

CORE = [sys.executable, "-m", "pytest", "-q", "-m", "core", str(Path(__file__).parent)]
COMPILED = Path(__file__).parents[1] / ".pytest_cache" / "jax"
MOST_COMPILED = 200_000_000  # bytes; one version of the package takes 33 million
OTHERS = {"tensorflow", "jax", "torch"} - {keras.config.backend()}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """Run the core tests on the other backends in parallel; yield processes and output files."""
    folder = tmp_path_factory.mktemp("backends")
    if sum(path.stat().st_size for path in COMPILED.glob("*")) > MOST_COMPILED:
        shutil.rmtree(COMPILED)  # JAX's own limit reads all entries for each that it adds
    quick = {  # JAX spends most of its time on compiling small models, the same in each run
        "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
        "JAX_COMPILATION_CACHE_DIR": str(COMPILED),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "0",
    }
    processes = {}
    for backend in OTHERS:
        environment = os.environ | quick | {"KERAS_BACKEND": backend}
        with (folder / backend).open("w") as output:
            processes[backend] = subprocess.Popen(
                CORE, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
    yield {backend: (process, folder / backend) for backend, process in processes.items()}
    for process in processes.values():
        process.kill()
        process.wait()


@pytest.mark.parametrize("backend", sorted(OTHERS))
def test_the_core_tests_pass_on_the_other_backends(running, backend):
    process, output = running[backend]
    code, text = process.wait(), output.read_text()
    assert code == 0, text
    passed = re.search(r"(\d+) passed", text)
    print(f"{backend}: {passed[0]}")
    assert int(passed[1]) > 90
    assert "skipped" not in text
