"""Files that earlier versions saved, when the package had no rooms: they load all the same."""

from pathlib import Path

import keras
import numpy as np
import pytest

import fidle_vae.models.vae
from fidle_vae.models.parts import parts
from fidle_vae.runs.saved_models import PRETRAINED

pytestmark = pytest.mark.core


def test_a_functional_vae_loads_and_reconstructs_as_it_did():
    """Its layers were in `fidle_vae.layers`; the sum is what that version printed."""
    network = parts(
        keras.saving.load_model(Path(__file__).parent / "files" / "functional_vae.keras")
    )
    images = np.random.default_rng(0).random((3, 4, 4, 1), dtype="float32")
    x_hat = network.decode(network.encode(images).mean)
    assert x_hat.sum() == pytest.approx(23.006025, rel=1e-5)


def test_a_vae_of_an_older_version_is_a_vae():
    """The one that comes with the package; its class was in `fidle_vae.model`."""
    assert type(keras.saving.load_model(PRETRAINED)) is fidle_vae.VAE
