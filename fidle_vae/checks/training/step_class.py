"""Mistakes in a training step that its class shows before it is run."""

import inspect

import keras

from fidle_vae.checks.engine import Mistake, used_names
from fidle_vae.models.vae import VAE


def _own_code(kind):
    """Return the code of the step that a class has itself, or None."""
    return getattr(vars(kind).get("train_step"), "__code__", None)


def _name(function):
    return getattr(function, "__name__", "This")


def _names(kind):
    """Return the names that a step uses and does not make itself."""
    return used_names(_own_code(kind))


def _keras_step(kind):
    """Return the method by which Keras takes the whole step, if the code uses one."""
    return next(iter(sorted({"train_step", "train_on_batch", "fit"} & _names(kind))), "")


def _other_parameters(kind):
    """Return the parameters of a step if it cannot be called with self and x, or ""."""
    step = vars(kind)["train_step"]
    try:
        signature = inspect.signature(step)
        signature.bind(None, None)
    except TypeError:
        return str(signature)
    return ""


IN_THE_CLASS = [
    Mistake(
        "step_of_an_instance",
        "This is a model, not its class: give the check the class itself, without brackets behind "
        "its name.",
        lambda kind: isinstance(kind, keras.Model),
    ),
    Mistake(
        "step_of_a_function",
        "{seen} is a function, and `fit` calls a method of a model: write train_step in your "
        "class, and give the check the class, as in check.train_step(MyVAE).",
        lambda kind: callable(kind) and not isinstance(kind, type) and _name(kind),
    ),
    Mistake(
        "step_of_no_class",
        "This is a {seen} and no class: give the check your class alone, check.train_step(MyVAE).",
        lambda kind: not isinstance(kind, type) and type(kind).__name__,
    ),
    Mistake(
        "step_of_no_vae",
        "The class is no VAE: derive it from VAE, as in class MyVAE(VAE), which has the encoder, "
        "the decoder and the loss.",
        lambda kind: not issubclass(kind, VAE),
    ),
    Mistake(
        "step_not_written",
        "The class has no method train_step of its own, so Keras's is used: write one, with this "
        "name.",
        lambda kind: not _own_code(kind),
    ),
    Mistake(
        "step_parameters",
        "fit gives the method the model and a batch: its parameters are self and x, and yours are "
        "{seen}.",
        _other_parameters,
    ),
    Mistake(
        "step_of_another_model",
        "Your step uses `vae`, which is another model: in a method, the model itself is `self`.",
        lambda kind: "vae" in _names(kind),
    ),
    Mistake(
        "step_by_keras",
        "{seen} is Keras's own step: write it by hand, with the gradients and the optimizer.",
        _keras_step,
    ),
    Mistake(
        "step_by_function",
        "train_step_by_hand makes a number of its loss, and fit, which compiles the step, needs "
        "the tensor: write the step itself here, with self for vae.",
        lambda kind: "train_step_by_hand" in _names(kind),
    ),
    Mistake(
        "step_new_optimizer",
        "Your step makes an optimizer of its own, anew for each batch, which knows nothing of the "
        "steps before: take the one that compile gave the model, self.optimizer.",
        lambda kind: {"optimizers", "Adam", "SGD"} & _names(kind),
    ),
]
