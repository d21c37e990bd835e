"""What a model is made of: the only place that looks into one."""

import keras

from fidle_vae.data.datasets import Dataset


def find_network(model, name):
    """Give the "encoder" or the "decoder" of a model, or None where it has none.

    It is an attribute of that name, as in a `VAE`, or a layer, as in a functional model.
    """
    if isinstance(getattr(model, name, None), keras.Model):
        return getattr(model, name)
    return next((layer for layer in model.layers if layer.name == name), None)


def inner_network(model: keras.Model, name: str, needed_by: str) -> keras.Model:
    """Give a model's "encoder" or "decoder", as `find_network` does; refuse a model without."""
    network = find_network(model, name)
    if network is None:
        raise ValueError(
            f"{needed_by} needs a layer named {name!r}; the model has "
            f"{', '.join(layer.name for layer in model.layers)}: give your {name} that name."
        )
    return network


def networks_of(model: keras.Model, data: Dataset) -> tuple[keras.Model, keras.Model]:
    """Give encoder and decoder of a VAE for these images; refuse what is none, before any work."""
    encoder, decoder = (find_network(model, name) for name in ("encoder", "decoder"))
    codes = encoder.output_shape if encoder is not None else None
    two = isinstance(codes, list | tuple) and len(codes) == 2 and codes[0] == codes[1]
    if decoder is None or not two:
        raise ValueError(
            f"model {model.name} must have an encoder that gives z_mean and z_log_var, and a "
            "decoder: give a VAE, or a functional model with layers of these two names."
        )
    if encoder.input_shape[1:] != data.x_test.shape[1:]:
        raise ValueError(
            f"dataset {data.name} has images of shape {data.x_test.shape[1:]}, and model "
            f"{model.name} takes {encoder.input_shape[1:]}: choose the dataset it was trained on."
        )
    return encoder, decoder


def find_networks(model: keras.Model) -> tuple[keras.Model | None, keras.Model]:
    """Give the encoder, or None, and the decoder of a model of any of the known forms."""
    encoder, decoder = (find_network(model, name) for name in ("encoder", "decoder"))
    return (encoder, decoder) if decoder is not None else (None, model)
