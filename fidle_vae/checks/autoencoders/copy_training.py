"""The check of a call of `fit` that teaches an autoencoder to copy."""

from collections.abc import Callable

import keras
import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    Spy,
    exercise,
    from_arguments,
    outcome,
    recognise,
)

TRAIN, TEST, SHAPE, CLASSES = 70, 40, (4, 4, 1), 10


@exercise
@from_arguments
def copies(my_training: Callable) -> Result:
    """Check `my_training(autoencoder, x_train, y_train, x_test, y_test)`, which calls `fit`.

    Nothing is trained: a model that only notes how `fit` was called is passed.
    """
    rng = np.random.default_rng(3)
    arrays = {}
    for part, n in (("train", TRAIN), ("test", TEST)):
        arrays[f"x_{part}"] = rng.random((n, *SHAPE)).astype("float32")
        arrays[f"y_{part}"] = rng.integers(0, CLASSES, n)
    model = Recorder(arrays)
    values = outcome("copies", lambda: (my_training(model, *arrays.values()), "ran"))
    if isinstance(values, Result):
        return values
    model.returned = values[0]
    right = "The images are question and answer, and held-out images judge."
    return recognise("copies", model, MISTAKES, right)


class Recorder(Spy):
    """Stands for an autoencoder, and notes by name what `fit` was given."""

    def __init__(self, arrays):
        self.known, self.calls, self.compiled = arrays, [], False
        self.history = None
        self.returned = None  # what the student's function gave

    def compile(self, *args, **kwargs):
        """Note that it was compiled."""
        self.compiled = True

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        **rest,
    ):
        """Note the call, whose arguments are those of Keras; return a history without epochs."""
        x, y, size = _taken_apart(x, y)
        held_out = None
        if isinstance(validation_data, list | tuple):
            held_out = list(validation_data)
        elif validation_data is not None:
            held_out = list(_taken_apart(validation_data, None)[:2])
        self.calls.append(
            {
                "x": self._name(x),
                "y": self._name(y),
                "held_out": held_out and [self._name(each) for each in held_out],
                "split": validation_split,
                "batch_size": size or batch_size,
                "epochs": epochs,
                "paired": _equal(x, y),
            }
        )
        self.history = keras.callbacks.History()
        return self.history

    def predict(self, x, *args, **kwargs):
        """Return images that say nothing."""
        return np.zeros((len(x), *SHAPE), "float32")

    evaluate = predict

    def __getattr__(self, name):
        if name.startswith("_") or not hasattr(keras.Model, name):
            raise AttributeError(f"a model has no attribute '{name}'")
        return lambda *args, **kwargs: None

    def _name(self, array):
        """Return the name of a known array, also for a copy of it; None for None."""
        if array is None:
            return None
        array = np.asarray(keras.ops.convert_to_numpy(array))
        for name, known in self.known.items():
            if array.shape == known.shape:
                mine, due = _in_order(array), _in_order(known)  # an order of their own is as good
                if np.allclose(mine, due):
                    return name
                if np.ptp(mine) > 0 and np.corrcoef(mine.ravel(), due.ravel())[0, 1] > 0.9999:
                    return f"{name} times {np.std(mine) / np.std(due):.3g}"
            if array.size == known.size and np.allclose(array.ravel(), known.ravel()):
                return f"{name} in the shape {array.shape}"
        both = np.concatenate([self.known["x_train"], self.known["x_test"]])
        if array.shape == both.shape:
            return "x_train and x_test"
        labels = array.ndim == 2 and array.shape[1] == CLASSES
        return "labels" if labels else "something else"

    @property
    def call(self):
        """The last call."""
        return self.calls[-1]

    @property
    def batches(self):
        """The size of a batch, in words."""
        size = self.call["batch_size"]
        return "no batch_size, which makes it 32" if size is None else f"batch_size={size!r}"

    @property
    def validation(self):
        """The names of question and answer for validation."""
        return [*(self.call["held_out"] or []), None, None][:2]


def _in_order(array):
    """Return the rows of an array, sorted."""
    rows = np.reshape(array, (len(array), -1)).astype(float)
    return rows[np.lexsort(rows.T)]


def _equal(x, y):
    return np.shape(x) == np.shape(y) and np.array_equal(np.asarray(x), np.asarray(y))


def _taken_apart(x, y):
    """Return questions, answers and size of a batch; None for the last where x has no batches."""
    if not hasattr(x, "element_spec"):  # of a tf.data.Dataset
        return x, y, None
    batches = [batch if isinstance(batch, tuple) else (batch, None) for batch in x.take(TRAIN)]
    questions, answers = (
        None if any(part is None for part in parts) else np.concatenate(parts)
        for parts in zip(*batches, strict=True)
    )
    return questions, answers, len(batches[0][0])


LABELS = ("y_train", "y_test", "labels")

MISTAKES = [
    Mistake(
        "copies_never_fit",
        "autoencoder.fit was not called.",
        lambda m: not m.calls,
    ),
    Mistake(
        "copies_fit_often",
        "fit is called {seen} times: one call trains for several epochs, epochs=3.",
        lambda m: len(m.calls) if len(m.calls) > 1 else 0,
    ),
    Mistake(
        "copies_labels",
        "The answers are labels: an autoencoder gives the image back, so the images are the "
        "answers too.",
        lambda m: m.call["y"] in LABELS,
    ),
    Mistake(
        "copies_no_answer",
        "fit gets no answers: give it the images twice, as question and as answer.",
        lambda m: m.call["y"] is None,
    ),
    Mistake(
        "copies_from_labels",
        "The questions are labels: an image goes in, not a label.",
        lambda m: m.call["x"] in LABELS,
    ),
    Mistake(
        "copies_of_held_out",
        "The answers are other images, the held-out ones: the answer to each image is the image "
        "itself.",
        lambda m: (m.call["x"], m.call["y"]) == ("x_train", "x_test"),
    ),
    Mistake(
        "copies_on_held_out",
        "It learns from held-out images ({found.call[x]}): then no image is left that can judge.",
        lambda m: "x_test" in (m.call["x"] or "") or "x_test" in m.call["y"],
    ),
    Mistake(
        "copies_other_images",
        "Questions are {found.call[x]}, answers are {found.call[y]}: both must be x_train itself.",
        lambda m: (m.call["x"], m.call["y"]) != ("x_train", "x_train"),
    ),
    Mistake(
        "copies_other_order",
        "The answers are in another order than the questions: each image is the answer to itself.",
        lambda m: not m.call["paired"],
    ),
    Mistake(
        "copies_validation_split",
        "validation_split takes a part of the training images away: held-out images are there, "
        "validation_data=(x_test, x_test).",
        lambda m: m.call["split"],
    ),
    Mistake(
        "copies_not_validated",
        "Nothing judges it on held-out images: add validation_data=(x_test, x_test).",
        lambda m: m.validation[0] is None,
    ),
    Mistake(
        "copies_validated_on_training",
        "It is judged on images that it learns from: validation_data=(x_test, x_test).",
        lambda m: m.validation[0] == "x_train",
    ),
    Mistake(
        "copies_validated_by_labels",
        "It is judged by labels: in validation_data too, the images are the answers.",
        lambda m: m.validation[1] in LABELS,
    ),
    Mistake(
        "copies_validation_without_answer",
        "validation_data needs the images twice: (x_test, x_test).",
        lambda m: m.validation[1] is None,
    ),
    Mistake(
        "copies_validation",
        "validation_data is {found.validation} where x_test, x_test is expected.",
        lambda m: m.validation != ["x_test", "x_test"],
    ),
    Mistake(
        "copies_epochs",
        "It trains with epochs={found.call[epochs]!r} and {seen}: epochs=3 and batch_size=64 are "
        "asked.",
        lambda m: (m.call["epochs"], m.call["batch_size"]) != (3, 64) and m.batches,
    ),
    Mistake(
        "copies_returns_nothing",
        "fit is called rightly, but your function returns nothing: is `return` missing?",
        lambda m: m.returned is None,
    ),
    Mistake(
        "copies_returns_the_model",
        "fit is called rightly, but your function returns the model: return what fit returns.",
        lambda m: isinstance(m.returned, Recorder),
    ),
    Mistake(
        "copies_returns_something_else",
        "fit is called rightly, but your function returns a {found.returned.__class__.__name__}: "
        "return what fit returns, as it is.",
        lambda m: m.returned is not m.history,
    ),
]
