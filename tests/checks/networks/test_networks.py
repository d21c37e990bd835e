"""What the checks of layers and networks do beyond the planted mistakes."""

import keras
import numpy as np
import pytest
from keras import ops
from keras.layers import Conv2D, Dense, Flatten

from fidle_vae import checks as check
from tests.checks.planted.networks import builder
from tests.checks.planted.sampling import layer_of, normal
from tests.checks.planted_mistakes import WRONG


def test_a_function_of_latent_dim_builds_the_network_that_is_checked():
    seen = []

    def my_encoder(latent_dim):
        seen.append(latent_dim)
        return builder(latent_dim)

    assert check.encoder(my_encoder, 6).ok
    assert seen == [6]
    found = check.encoder(builder, 6, convolutional=True)
    assert found.mistake == "encoder_without_convolution"


def test_an_error_of_a_function_that_builds_is_described_by_its_line():
    message = check.encoder(WRONG["encoder"]["error"][0], 2).message
    assert "`return network(code(latent_dims), code(latent_dim))" in message
    assert "raises NameError" in message


def test_a_convolutional_encoder_with_one_convolution_left_is_right_with_a_remark():
    def of_convolutions_side_by_side(latent_dim, several=True):
        image = x = keras.Input((28, 28, 1))
        for filters in (4, 8):
            x = Conv2D(filters, 3, strides=2, activation="relu")(image if several else x)
        x = Flatten()(x)
        return keras.Model(image, [Dense(latent_dim)(x), Dense(latent_dim)(x)])

    found = check.encoder(of_convolutions_side_by_side, 6, convolutional=True)
    assert found.ok
    assert "One remark: it has one convolution only." in found.message
    in_a_row = check.encoder(
        lambda latent_dim: of_convolutions_side_by_side(latent_dim, several=False),
        6,
        convolutional=True,
    )
    assert in_a_row.ok
    assert "remark" not in in_a_row.message


def test_what_needs_the_values_of_a_batch_is_described_with_its_line():
    for draw in (
        lambda m, v: m + ops.exp(v / 2) * keras.random.normal(m.shape),
        lambda m, v: m + np.exp(v / 2) * normal(m),
    ):
        found = check.sampling_layer(layer_of(draw))
        assert found.mistake == "needs_values"
        assert "ops.shape(z_mean)" in found.message
        assert found.message.endswith("` fails.")


@pytest.mark.core
def test_noise_without_a_seed_fails_on_jax_only_and_in_its_own_words():
    found = check.sampling_layer(layer_of(lambda m, v: m + ops.exp(v / 2) * normal(m)))
    if keras.config.backend() == "jax":
        assert found.mistake == "not_in_a_model"
        assert "seeded random ops" in found.message
    else:
        assert found.ok
