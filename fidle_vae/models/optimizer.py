"""What an optimizer keeps of each weight, made before the first step."""

import keras


def build_optimizer(model: keras.Model) -> None:
    """Make the variables of a compiled model's optimizer, unless it has them.

    Keras leaves that to the first step, and TensorFlow traces a step once more if it made variables
    at first: a second or two for a small model.
    """
    if model.optimizer and model.built and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
