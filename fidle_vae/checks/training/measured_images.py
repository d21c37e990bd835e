"""Notes which images a student's function measures, as its value alone does not tell them."""

import functools

import numpy as np

from fidle_vae.checks.engine import Result
from fidle_vae.data.datasets import Dataset
from fidle_vae.models.vae import VAE

METHODS = "evaluate", "predict", "reconstruct", "encode"
# What says already that training images are measured; the first of them asks in a program to mend.
OF_TRAINING = (
    "held_out_train_and_test",
    "held_out_on_training",
    "held_out_mean_of_train_and_test",
)


class Measured:
    """The images that methods of a VAE are given, from now on."""

    def __init__(self, vae: VAE, data: Dataset):
        self._train, self._test = (set(map(bytes, x)) for x in (data.x_train, data.x_test))
        self._calls = []
        for name in METHODS:
            setattr(vae, name, self._watched(getattr(vae, name)))

    def _watched(self, method):
        @functools.wraps(method)
        def call(*args, **kwargs):
            for x in (*args, *kwargs.values()):
                if isinstance(x, np.ndarray) and x.ndim == 4:
                    images = np.ascontiguousarray(x, "float32")
                    self._calls.append([bytes(image) for image in images])
            return method(*args, **kwargs)

        return call

    def told(self, result: Result) -> Result:
        """Return what is wrong with the images, or the result itself if that says more."""
        if result.mistake in OF_TRAINING:
            return result
        learned = [(sum(each in self._train for each in call), len(call)) for call in self._calls]
        among = next((counts for counts in learned if counts[0]), None)
        if among:
            says = (
                f"Of {among[1]} images that you measure, {among[0]} are images to train on, which "
                "the model may know by heart. Measure data.x_test, and nothing else."
            )
            return result._replace(mistake="held_out_training_among_them", message=says)
        seen = {image for call in self._calls for image in call} & self._test
        if result.mistake.startswith(("values", "random")) and 0 < len(seen) < len(self._test):
            says = (
                f"You measure {len(seen)} of {len(self._test)} held-out images alone: measure all "
                "of them."
            )
            return result._replace(mistake="held_out_some_images", message=says)
        return result
