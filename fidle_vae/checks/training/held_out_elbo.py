"""The check of a measurement: the ELBO of held-out images, and of no others."""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, explain, from_arguments
from fidle_vae.checks.engine.small_vae import K1, K2, PIXELS, SHAPE, small_vae
from fidle_vae.checks.losses.cross_entropy import right_nll
from fidle_vae.checks.losses.kl_divergence import right_kl
from fidle_vae.checks.training.measured_images import Measured
from fidle_vae.data.datasets import Dataset

TRAIN, TEST = 90, 1031  # more to measure than the parts of it that a student may take
METRICS = "loss", "r_loss", "kl_loss", "elbo"  # as `evaluate` gives them
BATCHES = (8, 16, 32, 50, 64, 100, 128, 256)  # sizes of a batch that a student may take


@exercise
@from_arguments
def held_out(my_measure: Callable) -> Result:
    """Check `my_measure(vae, data)`: the ELBO of the held-out images, nats per image.

    As `vae.evaluate(data.x_test, return_dict=True)["elbo"]` gives it.
    """
    vae, data = small_vae(), _data()
    costs = _Costs(vae, data.x_test), _Costs(vae, data.x_train)  # before the student changes them
    measured = Measured(vae, data)

    def solution():
        value = my_measure(vae, data)
        every = isinstance(value, dict) and set(METRICS) <= set(value)
        return [value[name] for name in METRICS] if every else value

    result = diagnose("held_out", solution, [{}], [_right], MISTAKES, show, lambda: costs)
    hint = "evaluate gives a list, and with return_dict=True a dict."
    result = explain(result, "list indices must be", "held_out_without_names", hint)
    names = f"The names are {', '.join(METRICS)}."
    result = explain(result, "KeyError", "held_out_key", names)
    arrays = "data has the arrays x_train, y_train, x_test and y_test."
    result = explain(result, "'Dataset' object has no", "held_out_attribute", arrays, alone=True)
    return result if result.ok else measured.told(result)


def show(case, index):
    """Write how many images there are."""
    return f"{TEST} held-out images and {TRAIN} to train on"


class _Costs:
    """Cross-entropy, KL and ELBO of each image, in nats; the noise of z is too small to matter."""

    def __init__(self, vae, x):
        self.nll = right_nll(x, vae.reconstruct(x))
        self.kl = right_kl(*vae.encode(x))
        self.elbo = -(self.nll + self.kl)
        self.loss = K1 * self.nll / PIXELS + K2 * self.kl
        self._vae, self._x = vae, x.copy()

    @cached_property
    def divided(self):
        """The costs of the same images divided by 255, as if they were grey levels."""
        return _Costs(self._vae, self._x / 255)


def _data():
    """Draw images; those to train on are darker, and cost less than those to test on.

    The latter grow lighter, so that the first of them cost less than all.
    """
    rng = np.random.default_rng(14)
    lightness = np.linspace(1, 9, TEST).reshape(-1, 1, 1, 1)
    x_train, x_test = (
        rng.beta(a, 2, (n, *SHAPE)).astype("float32") for n, a in ((TRAIN, 1), (TEST, lightness))
    )
    y_train, y_test = (rng.integers(0, 10, n) for n in (TRAIN, TEST))
    names = tuple("0123456789")
    return Dataset(x_train, y_train, x_test, y_test, "small", "made here", "", names)


def _right(u, s):
    return u.elbo.mean()


def _mean_of_batches(elbo, size):
    return np.mean([elbo[start : start + size].mean() for start in range(0, len(elbo), size)])


# Formulas of the costs of held-out images, u, and of those to train on, s.
MISTAKES = [
    Mistake(
        "held_out_on_training",
        "This is the ELBO of the images to train on: what was learned by heart looks good there. "
        "Measure data.x_test.",
        lambda u, s: s.elbo.mean(),
    ),
    Mistake(
        "held_out_train_and_test",
        "This is the ELBO of training and held-out images together: most of them were learned "
        "from. Measure data.x_test alone.",
        lambda u, s: np.concatenate([s.elbo, u.elbo]).mean(),
    ),
    Mistake(
        "held_out_black",
        "The images that you measure are black: data.x_test is in [0, 1] already, so leave it as "
        "it is, without / 255.",
        lambda u, s: u.divided.elbo.mean(),
    ),
    Mistake(
        "held_out_mean_of_train_and_test",
        "You take the mean of two ELBOs, and one is of the images to train on: give the other.",
        lambda u, s: (s.elbo.mean() + u.elbo.mean()) / 2,
    ),
    Mistake(
        "held_out_loss",
        'This is the loss, in which k1 and k2 weigh: the ELBO weighs neither (["elbo"]).',
        lambda u, s: u.loss.mean(),
    ),
    Mistake(
        "held_out_loss_negative",
        "This is minus the loss, in which k1 and k2 weigh: the ELBO weighs neither.",
        lambda u, s: -u.loss.mean(),
    ),
    Mistake(
        "held_out_loss_times_pixels",
        "This is minus the loss times the pixels: it is the ELBO only for the weights "
        "(1, 1 / n_pixels), and this model has others.",
        lambda u, s: -PIXELS * u.loss.mean(),
    ),
    Mistake(
        "held_out_weighted",
        "k1 and k2 weigh the two terms: the ELBO is -(nll + kl), whatever the loss in training.",
        lambda u, s: -(K1 * u.nll + K2 * u.kl).mean(),
    ),
    Mistake(
        "held_out_sign",
        "The sign is wrong: the ELBO bounds a log-likelihood, and is minus the cost in nats.",
        lambda u, s: -u.elbo.mean(),
    ),
    Mistake(
        "held_out_kl_added",
        "The KL has the wrong sign: both terms are costs, so both are subtracted.",
        lambda u, s: (u.kl - u.nll).mean(),
    ),
    Mistake(
        "held_out_r_loss",
        "This is r_loss, the cross-entropy per pixel: the ELBO has the KL in it too.",
        lambda u, s: u.nll.mean() / PIXELS,
    ),
    Mistake(
        "held_out_reconstruction",
        "The KL is missing: this is the reconstruction alone, which an autoencoder would win.",
        lambda u, s: -u.nll.mean(),
    ),
    Mistake(
        "held_out_kl",
        "This is the KL: the reconstruction is missing, and so is the sign.",
        lambda u, s: u.kl.mean(),
    ),
    Mistake(
        "held_out_kl_negative",
        "The reconstruction is missing: this is minus the KL alone.",
        lambda u, s: -u.kl.mean(),
    ),
    Mistake(
        "held_out_without_pixels",
        "r_loss is per pixel, the KL per image: multiply r_loss by vae.n_pixels before you add.",
        lambda u, s: -(u.nll / PIXELS + u.kl).mean(),
    ),
    Mistake(
        "held_out_without_pixels_and_sign",
        "r_loss is per pixel, the KL per image: multiply r_loss by vae.n_pixels; and the sign is "
        "wrong.",
        lambda u, s: (u.nll / PIXELS + u.kl).mean(),
    ),
    Mistake(
        "held_out_for_784_pixels",
        "You multiply r_loss by 784, whatever the size of the images: use vae.n_pixels.",
        lambda u, s: -(784 * u.nll / PIXELS + u.kl).mean(),
    ),
    Mistake(
        "held_out_per_pixel",
        "This is the ELBO per pixel: it is asked per image.",
        lambda u, s: u.elbo.mean() / PIXELS,
    ),
    Mistake(
        "held_out_sum",
        "You sum over the images, so that more of them look worse: take their mean.",
        lambda u, s: u.elbo.sum(),
    ),
    Mistake(
        "held_out_every_image",
        "You give a value for each image: take their mean.",
        lambda u, s: u.elbo,
    ),
    Mistake(
        "held_out_every_metric",
        'You give all that evaluate does: the ELBO alone is asked, return_dict=True and ["elbo"].',
        lambda u, s: [t.mean() for t in (u.loss, u.nll / PIXELS, u.kl, u.elbo)],
    ),
    *(
        mistake
        for size in BATCHES
        for mistake in (
            Mistake(
                "held_out_mean_of_batches",
                f"You take the mean of the means of batches of {size}: the last one is smaller and "
                "counts too much. Take the mean over images.",
                lambda u, s, size=size: _mean_of_batches(u.elbo, size),
            ),
            Mistake(
                "held_out_last_batch",
                f"This is the last batch of {size} alone: take the mean over all held-out images.",
                lambda u, s, size=size: u.elbo[(TEST - 1) // size * size :].mean(),
            ),
        )
    ),
    Mistake(
        "held_out_divided",
        "You divide by the number of images, and this is their mean already: leave it as it is.",
        lambda u, s: u.elbo.mean() / TEST,
    ),
]
