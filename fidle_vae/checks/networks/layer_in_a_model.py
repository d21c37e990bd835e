"""Trains a small model through a student's sampling layer: both of its inputs must learn."""

import warnings
from collections.abc import Callable

import keras
import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    describe_error,
    failed,
    line_of,
    recognise,
)


def train_through(layer: Callable, right: Result) -> Result:
    """Return what keeps z_mean or z_log_var from learning through a layer, or `right`."""
    return recognise(right.check, _Training(layer), MISTAKES, right.message)


class _Training:
    """The training of a model in which two layers give z_mean and z_log_var."""

    def __init__(self, layer):
        self.error = self.model = None
        inputs = keras.Input((2,))
        heads = {name: keras.layers.Dense(3) for name in ("z_mean", "z_log_var")}
        try:
            self.model = keras.Model(inputs, layer([head(inputs) for head in heads.values()]))
            self.model.compile(keras.optimizers.SGD(0.1), loss="mse", run_eagerly=True)
            before = {name: head.get_weights()[0] for name, head in heads.items()}
            with warnings.catch_warnings():  # of Keras, on missing gradients
                warnings.simplefilter("ignore", UserWarning)
                self.model.fit(np.ones((8, 2)), 5 * np.ones((8, 3)), verbose=0)
        except Exception as error:  # the student's code may raise anything
            self.error = error
            return
        self.unmoved = [
            name
            for name, head in heads.items()
            if np.array_equal(head.get_weights()[0], before[name])
        ]

    @property
    def failure(self):
        return describe_error(self.error) if self.error else ""

    @property
    def line(self):
        line = line_of(self.error).rstrip(",")
        return f" {line} fails." if line else ""

    @property
    def needs_values(self):
        """Whether it fails because the tensors of a model have no values yet."""
        if not self.error or "SeedGenerator" in str(self.error):  # JAX explains that one itself
            return False
        of_arrays = failed("", self.error).mistake in ("error_shapes", "error_one_number")
        return self.model is None or of_arrays or "numpy" in self.failure


MISTAKES = [
    Mistake(
        "needs_values",
        "In a model the tensors have no values yet, and the batch size is None: use "
        "ops.shape(z_mean) and ops.exp, not z_mean.shape and NumPy.{found.line}",
        lambda training: training.needs_values,
    ),
    Mistake(
        "not_in_a_model", "It fails as part of a model. {seen}", lambda training: training.failure
    ),
    *(
        Mistake(
            f"no_gradient_to_{name}",
            f"No gradient reaches {output}, so that it never learns: z must be computed from it by "
            "tensor operations, with all randomness in eps.",
            lambda training, output=output: output in training.unmoved,
        )
        for name, output in (("mean", "z_mean"), ("log_variance", "z_log_var"))
    ),
]
