"""What a training step raises: the mistakes behind the errors, and how to mend them."""

import re

import keras
import numpy as np
from keras import ops

from fidle_vae.checks.engine import Mistake


def _is_number(value):
    return ops.is_tensor(value) and len(value.shape) == 0


def _lists_differ(failure):
    gradients, weights = failure.moved or ((), ())
    if not (isinstance(gradients, list | tuple) and isinstance(weights, list | tuple)):
        return False
    return len(gradients) != len(weights) or any(
        gradient is not None and tuple(gradient.shape) != tuple(weight.shape)
        for gradient, weight in zip(gradients, weights, strict=True)
    )


def _is_one_output(value):
    if isinstance(value, list | tuple):
        return len(value) != 3
    return ops.is_tensor(value) or hasattr(value, "dtype")


APPLY = "self.optimizer.apply(gradients, self.trainable_variables)"
ERRORS = [
    Mistake(
        "step_tape_of_tensorflow",
        "`tf` is not known: the lesson imports it only where Keras runs on TensorFlow, which has "
        "the tape. On PyTorch there is none, and differentiate does the same on both.",
        lambda failure: failure.unknown_name == "tf",
    ),
    Mistake(
        "step_without_self",
        "{found.described} It belongs to the model: write self.{seen}.",
        lambda failure: hasattr(failure.vae, failure.unknown_name or " ") and failure.unknown_name,
    ),
    Mistake(
        "step_calls_itself",
        "Your own function has the name compute_loss, and calls itself: the model's method is "
        "self.compute_loss.",
        lambda failure: failure.says(r"<locals>\.compute_loss\(\) (got|takes)"),
    ),
    Mistake(
        "step_unpacks_x",
        "x is the batch of images alone, with no labels: there is nothing to unpack.",
        lambda failure: (
            failure.says("values to unpack") and re.search(r"`\w+, \w+ = \w+ *[`#]", failure.line)
        ),
    ),
    Mistake(
        "step_loss_and_gradients",
        "differentiate gives two things: loss, gradients = differentiate(...).",
        lambda failure: (
            isinstance(failure.gradients, tuple)
            and len(failure.gradients) == 2
            and _is_number(failure.gradients[0])
        ),
    ),
    Mistake(
        "step_loss_comes_first",
        "The optimizer gets the loss where it takes the gradients. (differentiate gives the loss "
        "first: loss, gradients = ...)",
        lambda failure: (
            _is_number(failure.gradients)
            or failure.says("Scalar tensor has no|0-d tensor", "apply_gradients")
        ),
    ),
    Mistake(
        "step_apply_exchanged",
        f"The gradients come first: {APPLY}.",
        lambda failure: (
            isinstance(failure.gradients, list | tuple)
            and any(isinstance(each, keras.Variable) for each in failure.gradients)
            and failure.says("", ".apply(")
        ),
    ),
    Mistake(
        "step_pairs_to_apply",
        f"apply takes two lists, and apply_gradients pairs: {APPLY}.",
        lambda failure: isinstance(failure.gradients, zip),
    ),
    Mistake(
        "step_apply_alone",
        f"The optimizer must know the weights too: {APPLY}.",
        lambda failure: "without `variables`" in failure.text,
    ),
    Mistake(
        "step_lists_differ",
        "The gradients are those of other weights than the optimizer moves: take the same list for "
        "both, self.trainable_variables.",
        _lists_differ,
    ),
    Mistake(
        "step_all_weights",
        "Not every variable of the model is trained, such as the state of its noise: take "
        "self.trainable_variables.",
        lambda failure: failure.says("differentiated Tensors does not require grad"),
    ),
    Mistake(
        "step_output_of_arrays",
        "y_pred is made of arrays, as predict, encode and decode give them, and no gradient passes "
        "through an array: call the model, self(x, training=True).",
        lambda failure: any(
            isinstance(each, np.ndarray)
            for *_, y_pred in failure.notes.losses[-1:]
            for each in (y_pred if isinstance(y_pred, list | tuple) else [y_pred])
        ),
    ),
    Mistake(
        "step_outside_tape",
        "The gradients find nothing that leads from the weights to the loss: the call of the model "
        "and the loss belong inside the tape, or inside the function for differentiate.",
        lambda failure: failure.says("No gradients provided|element 0 of tensors does not"),
    ),
    Mistake(
        "step_weights_unused",
        "The loss does not depend on all the weights of the model: are both terms in it, r_loss "
        "and kl_loss, and is z made by the encoder?",
        lambda failure: failure.says("not have been used in the graph"),
    ),
    Mistake(
        "step_tape_without_brackets",
        "The tape is made by a call: write `with tf.GradientTape() as tape`, with brackets.",
        lambda failure: failure.says("context manager", "GradientTape"),
    ),
    Mistake(
        "step_gradient_of_tape",
        "The tape's method is tape.gradient(loss, self.trainable_variables).",
        lambda failure: failure.says("'GradientTape' object has no attribute"),
    ),
    Mistake(
        "step_function_called",
        "differentiate takes the function itself, which it calls: give its name without brackets.",
        lambda failure: failure.says("Tensor'? object is not callable"),
    ),
    Mistake(
        "step_function_second",
        "differentiate takes the function first, then self.trainable_variables.",
        lambda failure: failure.says("'list' object is not callable"),
    ),
    Mistake(
        "step_loss_not_called",
        "The gradients are asked of a method or function itself, and not of the loss that it "
        "gives: call it, self.compute_loss(...), with x and y_pred.",
        lambda failure: failure.says("<(bound method|function) ", ".grad"),
    ),
    Mistake(
        "step_function_returns_nothing",
        "The gradients are asked of nothing, or of no tensor: the loss is needed as compute_loss "
        "gives it, without float(), and a function for differentiate must return it.",
        lambda failure: failure.says(
            "received None|type_value|(NoneType|float)' object (has no|is not iter)", ".grad"
        ),
    ),
    Mistake(
        "step_without_its_weights",
        "differentiate takes two arguments: the function, and self.trainable_variables.",
        lambda failure: "missing 1 required positional argument: 'weights'" in failure.text,
    ),
    Mistake(
        "step_weights_of_self",
        "differentiate takes a list of weights, not the model: self.trainable_variables.",
        lambda failure: failure.says(f"^'{type(failure.vae).__name__}' object"),
    ),
    Mistake(
        "step_is_a_set",
        'A dict has a colon between a name and its value: {{"loss": loss}}.',
        lambda failure: failure.says("unhashable"),
    ),
    Mistake(
        "step_other_method",
        "{found.described} A Keras optimizer moves the weights by its method apply: " + APPLY + ".",
        lambda failure: failure.says(
            f"'{type(failure.vae.optimizer).__name__}' object (has no attribute|is not callable)"
        ),
    ),
    Mistake(
        "step_backward",
        "{found.described} The gradients come from differentiate, which gives the loss too: "
        "loss, gradients = ...",
        lambda failure: failure.says("no attribute 'backward'"),
    ),
    Mistake(
        "step_pairs_or_two",
        "apply_gradients takes one list of pairs, zip(gradients, self.trainable_variables). With "
        f"two arguments it is {APPLY}.",
        lambda failure: failure.says("positional arguments", "apply_gradients"),
    ),
    Mistake(
        "step_gradients_missing",
        "The tape gives no gradients: ask for those of the loss by the weights, in this order, "
        "tape.gradient(loss, self.trainable_variables).",
        lambda failure: failure.says("NoneType", ".apply"),
    ),
    Mistake(
        "step_gradients_alone",
        "apply_gradients takes pairs, each of a gradient and its weight, in this order: "
        "zip(gradients, self.trainable_variables).",
        lambda failure: failure.says(
            "values to unpack|no attribute|not iterable", "apply_gradients"
        ),
    ),
    Mistake(
        "step_gives_no_tensor",
        "{found.described} fit compiles the step: give the tensor itself, loss.",
        lambda failure: failure.says(
            "no attribute '(item|numpy|detach)'|Can't call numpy", "return"
        ),
    ),
    Mistake(
        "step_loss_without_arguments",
        "compute_loss gets no arguments: it needs x=x and y_pred=. differentiate calls its "
        "function without any, so write one around it that returns the loss.",
        lambda failure: failure.loss_has(False, False, False),
    ),
    Mistake(
        "step_loss_by_place",
        "The second argument of compute_loss is y, the labels: give the model's output by its "
        "name, y_pred=.",
        lambda failure: failure.loss_has(True, True, False),
    ),
    Mistake(
        "step_loss_without_output",
        "compute_loss gets no y_pred: what does the model make of x? self(x, training=True).",
        lambda failure: failure.loss_has(True, False, False),
    ),
    Mistake(
        "step_loss_without_images",
        "compute_loss gets no x: the images go to x=x. (y is for labels.)",
        lambda failure: failure.loss_has(False, True, True) or failure.loss_has(False, False, True),
    ),
    Mistake(
        "step_output_not_called",
        "y_pred is no output of the model: call the model, self(x, training=True).",
        lambda failure: (
            not ops.is_tensor(failure.y_pred)
            and (callable(failure.y_pred) or failure.y_pred is ...)
        ),
    ),
    Mistake(
        "step_output_is_the_batch",
        "y_pred is the batch x itself: compute_loss needs what the model makes of it, "
        "self(x, training=True).",
        lambda failure: failure.y_pred is not None and failure.y_pred is failure.loss_arguments[0],
    ),
    Mistake(
        "step_output_in_part",
        "y_pred is a part of the output, or something else: compute_loss needs all three, x_hat, "
        "z_mean and z_log_var, as self(x, training=True) gives them.",
        lambda failure: _is_one_output(failure.y_pred),
    ),
    Mistake(
        "step_loss_arguments",
        "{found.described} compute_loss takes two arguments by name: x=x, the batch as it came, "
        "and y_pred=, what the model makes of x, self(x, training=True).",
        lambda failure: failure.says("", "compute_loss(") and not failure.unknown_name,
    ),
]
