"""What the checks of layers and networks do beyond the planted mistakes."""

import keras
import numpy as np
import pytest
from keras import ops
from keras.layers import Conv2D, Dense, Flatten, GlobalMaxPooling2D, MaxPooling2D

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


def convolutional(*steps):
    """Make a function that builds an encoder of convolutional layers and others in a row."""

    def my_encoder(latent_dim):
        image = x = keras.Input((28, 28, 1))
        for step in steps:
            x = step(x)
        return keras.Model(image, [Dense(latent_dim)(x), Dense(latent_dim)(x)])

    return my_encoder


def convolution(filters, strides=2):
    return lambda x: Conv2D(filters, 3, strides=strides, activation="relu")(x)


@pytest.mark.parametrize(
    ("filters", "steps", "differs"),
    [
        ((16, 32, 64), [Flatten()], ""),
        ((16, 32), [Flatten()], "as its convolutions have 16, 32 filters instead of 16, 32, 64."),
        ((16, 32, 64), [GlobalMaxPooling2D()], "as GlobalMaxPooling2D stands in place of Flatten."),
        (
            (16, 32, 64),
            [Flatten(), Dense(9)],
            "as a Dense layer of 9 units stands before the outputs.",
        ),
    ],
)
def test_an_encoder_that_works_hears_how_it_differs_from_the_one_in_the_text(
    filters, steps, differs
):
    answer = convolutional(*map(convolution, filters), *steps)
    found = check.encoder(answer, 6, convolutional=True)
    assert found.ok
    assert found.message.endswith(differs)
    assert ("remark" in found.message) == bool(differs)
    assert "remark" not in check.encoder(answer, 6).message


def test_strides_and_pooling_in_their_place_are_remarked_on():
    steps = [convolution(16, strides=1), MaxPooling2D(), convolution(32), convolution(64)]
    found = check.encoder(convolutional(*steps, Flatten()), 6, convolutional=True)
    assert found.ok
    assert found.message.endswith(
        "as the first convolution has no stride of 2; MaxPooling2D changes the size."
    )


def test_a_convolution_to_spare_beside_the_right_ones_is_no_mistake():
    def my_encoder(latent_dim):
        image = keras.Input((28, 28, 1))
        convolution(8)(image)
        x = convolution(64)(convolution(32)(convolution(16)(image)))
        return keras.Model(image, [Dense(latent_dim)(Flatten()(x)) for _ in range(2)])

    assert check.encoder(my_encoder, 6, convolutional=True).ok


def test_layers_of_another_network_on_the_same_input_are_not_lost():
    def my_encoder(latent_dim):
        x = Flatten()(convolution(16)(IMAGE))
        return keras.Model(IMAGE, [Dense(latent_dim)(x), Dense(latent_dim)(x)])

    assert check.encoder(my_encoder, 6).ok
    assert check.encoder(my_encoder, 6).ok


IMAGE = keras.Input((28, 28, 1))


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
