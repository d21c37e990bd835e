import json
import zipfile

import keras
import pytest

from fidle_vae.runs.model_size import require_modest
from fidle_vae.runs.saved_models import load_model


@pytest.fixture
def model(make_vae, tmp_path):
    path = tmp_path / "model.keras"
    make_vae(kind="strided").save(path)
    return path


def change(path, **sizes):
    """Change the first layer that has such a size, and leave the weights."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}

    def walk(node):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if key in sizes:
                node[key] = sizes.pop(key)
            elif isinstance(value, dict | list):
                walk(value)

    config = json.loads(members["config.json"])
    walk(config)
    assert not sizes
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (members | {"config.json": json.dumps(config)}).items():
            archive.writestr(name, content)


def test_models_of_this_package_are_modest(model):
    require_modest(model)
    assert isinstance(load_model(model), keras.Model)


@pytest.mark.parametrize("size", ["units", "filters"])
def test_a_layer_of_gigabytes_is_refused_before_memory_is_taken(model, size):
    change(model, **{size: 2_000_000_000})
    with pytest.raises(ValueError, match=r"^model .* cannot be loaded \(its layers need [\d,]+ b"):
        load_model(model)


def test_an_archive_that_unpacks_to_gigabytes_is_refused(model, monkeypatch):
    monkeypatch.setattr("fidle_vae.runs.model_size.LARGEST", 10_000)
    with pytest.raises(ValueError, match=r"cannot be loaded \(it holds [\d,]+ bytes, more than 1"):
        load_model(model)
