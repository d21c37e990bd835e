"""Files that earlier versions fell over, found by `make torture`, and kept."""

from pathlib import Path

import pytest
from torture import files

CORPUS = Path(__file__).parent / "corpus"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return files.make_run(tmp_path_factory.mktemp("corpus"))


@pytest.mark.parametrize("loader", files.LOADERS)
def test_what_was_found_once_is_read_or_refused_in_one_sentence(loader, run):
    kept = sorted((CORPUS / loader.replace(",", "").replace(" ", "-")).iterdir())
    assert kept
    assert {
        path.name: files.put_to(loader, run, path.read_bytes()) for path in kept
    } == dict.fromkeys((path.name for path in kept), "")
