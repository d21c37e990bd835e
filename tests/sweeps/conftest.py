from importlib.util import find_spec

import pytest

from fidle_vae.sweeps.sweep import sweep
from tests.helpers.small_sweep import OVER, SMALL


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """Return the folder of a sweep that nothing has disturbed."""
    tracker = "tensorboard" if find_spec("tensorboard") else None
    run_dir = tmp_path_factory.mktemp("whole")
    return sweep(OVER, **SMALL, jobs=2, tracker=tracker, run_dir=run_dir)
