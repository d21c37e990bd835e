import pytest

from fidle_vae.sweeps.sweep import sweep
from tests.helpers.small_sweep import OVER, SMALL


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """Return the folder of a sweep that nothing has disturbed."""
    return sweep(OVER, **SMALL, jobs=2, run_dir=tmp_path_factory.mktemp("whole"))
