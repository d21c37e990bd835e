import pytest

from tests.helpers.small_datasets import Machine


@pytest.fixture
def machine(tmp_path, monkeypatch):
    return Machine(tmp_path, monkeypatch)
