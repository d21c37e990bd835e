"""The layers of a functional model, in the order in which a number passes through them."""

import keras

from fidle_vae.models.keras_internals import source_of
from fidle_vae.models.style_generator import AdaptiveNormalization


def has_graph(model) -> bool:
    """Whether a model is Sequential or functional, so that its layers can be followed."""
    return isinstance(model, keras.Model) and bool(getattr(model, "inputs", None))


def layers_to_output(model: keras.Model, output: int, part: str) -> list[keras.Layer]:
    """Return the layers from a model's input to one of its outputs, also those of nested models.

    A model with two inputs, a latent point and a class, has to begin by joining them: its layers
    are those that follow. Of the inputs of an `AdaptiveNormalization`, the maps are followed: its
    style is what the last `LearnedConstant` before it was given.

    Args:
        model: A Sequential or functional model.
        output: Which of its outputs.
        part: What the model is, "decoder" or "encoder", for the error message.
    """
    layers, tensor = [], model.outputs[output]
    while tensor is not model.inputs[0]:
        layer, output, inputs = source_of(tensor)
        if _joins(layer, inputs, model):
            break
        if len(inputs) != 1 and type(layer) is not AdaptiveNormalization:
            raise ValueError(
                f"{part} has a branch: its layer {layer.name!r} takes {len(inputs)} inputs, "
                "and the explorer can draw only layers that follow each other"
            )
        layers[:0] = layers_to_output(layer, output, part) if has_graph(layer) else [layer]
        tensor = inputs[0]
    return layers


def _joins(layer, inputs, model):
    """Whether a layer joins both inputs of a model, in their order."""
    return (
        type(layer) is keras.layers.Concatenate
        and len(model.inputs) == 2
        and len(inputs) == 2
        and all(one is other for one, other in zip(inputs, model.inputs, strict=True))
    )
