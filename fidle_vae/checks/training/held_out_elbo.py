"""The check of a measurement: the ELBO of held-out images, and of no others."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine.diagnosis import Mistake, diagnose
from fidle_vae.checks.engine.result import Result
from fidle_vae.checks.engine.small_vae import K1, K2, PIXELS, SHAPE, small_vae
from fidle_vae.checks.engine.summary import recorded
from fidle_vae.checks.losses.cross_entropy import right_nll
from fidle_vae.checks.losses.kl_divergence import right_kl
from fidle_vae.data.datasets import Dataset

TRAIN, TEST = 90, 71
METRICS = "loss", "r_loss", "kl_loss", "elbo"  # as `evaluate` gives them
BATCHES = (8, 16, 32, 50, 64)  # sizes of a batch that somebody may take


@recorded
def held_out(my_measure: Callable) -> Result:
    """Check `my_measure(vae, data)`: the ELBO of the held-out images, nats per image.

    As `vae.evaluate(data.x_test, return_dict=True)["elbo"]` gives it.
    """
    vae, data = small_vae(), _data()
    seen, unseen = (_Costs(vae, x) for x in (data.x_train, data.x_test))

    def solution(case):
        value = my_measure(vae, data)
        every = isinstance(value, dict) and set(METRICS) <= set(value)
        return [value[name] for name in METRICS] if every else value

    def made(formula):
        return lambda case: formula(unseen, seen)

    mistakes = [Mistake(name, says, made(formula)) for name, (says, formula) in MISTAKES.items()]
    right = [made(lambda unseen, seen: unseen.elbo.mean())]
    cases = [{"case": 0}]
    return diagnose("held_out", solution, cases, right, [*mistakes, *_of_some(unseen)], show)


def show(case, place):
    """Tell of the images what they are."""
    return f"{TEST} held-out images and {TRAIN} to train on"


class _Costs:
    """Cross-entropy, KL and ELBO of each image, in nats; the noise of z is too small to matter."""

    def __init__(self, vae, x):
        self.nll = right_nll(x, vae.reconstruct(x))
        self.kl = right_kl(*vae.encode(x))
        self.elbo = -(self.nll + self.kl)
        self.loss = K1 * self.nll / PIXELS + K2 * self.kl

    def metrics(self):
        """Give what `evaluate` does, in its order."""
        terms = self.loss, self.nll / PIXELS, self.kl, self.elbo
        return np.array([term.mean() for term in terms])


def _data():
    """Make images of which those to train on are darker, and cheaper."""
    rng = np.random.default_rng(14)
    x_train, x_test = (
        rng.beta(a, 2, (n, *SHAPE)).astype("float32") for n, a in ((TRAIN, 1), (TEST, 3))
    )
    y_train, y_test = (rng.integers(0, 10, n) for n in (TRAIN, TEST))
    names = tuple("0123456789")
    return Dataset(x_train, y_train, x_test, y_test, "small", "made here", "", names)


def _of_some(unseen):
    """Make the mistakes of measuring some of the held-out images, or of weighing them unequally."""
    for size in BATCHES:
        means = [unseen.elbo[start : start + size].mean() for start in range(0, TEST, size)]
        yield _giving(
            "held_out_mean_of_batches",
            f"You take the mean of the means of batches of {size}: the last one is smaller and "
            "counts too much. Take the mean over images.",
            np.mean(means),
        )
        yield _giving(
            "held_out_last_batch",
            f"This is the last batch of {size} alone: take the mean over all held-out images.",
            means[-1],
        )
    for n in range(1, TEST):
        says = f"These are the first {n} of {TEST} held-out images alone: measure all of them."
        yield _giving("held_out_some_images", says, unseen.elbo[:n].mean())


def _giving(name, says, value):
    return Mistake(name, says, lambda case: value)


# Formulas of the costs of held-out images, u, and of those to train on, s.
MISTAKES = {
    "held_out_on_training": (
        "This is the ELBO of the images to train on: what was learned by heart looks good there. "
        "Measure data.x_test.",
        lambda u, s: s.elbo.mean(),
    ),
    "held_out_train_and_test": (
        "This is the ELBO of training and held-out images together: most of them were learned "
        "from. Measure data.x_test alone.",
        lambda u, s: np.concatenate([s.elbo, u.elbo]).mean(),
    ),
    "held_out_mean_of_train_and_test": (
        "You take the mean of two ELBOs, and one is of the images to train on: give the other.",
        lambda u, s: (s.elbo.mean() + u.elbo.mean()) / 2,
    ),
    "held_out_loss": (
        'This is the loss, in which k1 and k2 weigh: the ELBO weighs neither (["elbo"]).',
        lambda u, s: u.loss.mean(),
    ),
    "held_out_loss_negative": (
        "This is minus the loss, in which k1 and k2 weigh: the ELBO weighs neither.",
        lambda u, s: -u.loss.mean(),
    ),
    "held_out_loss_times_pixels": (
        "This is minus the loss times the pixels: it is the ELBO only for the weights "
        "(1, 1 / n_pixels), and this model has others.",
        lambda u, s: -PIXELS * u.loss.mean(),
    ),
    "held_out_weighted": (
        "k1 and k2 weigh the two terms: the ELBO is -(nll + kl), whatever the loss in training.",
        lambda u, s: -(K1 * u.nll + K2 * u.kl).mean(),
    ),
    "held_out_sign": (
        "The sign is wrong: the ELBO bounds a log-likelihood, and is minus the cost in nats.",
        lambda u, s: -u.elbo.mean(),
    ),
    "held_out_kl_added": (
        "The KL has the wrong sign: both terms are costs, so both are subtracted.",
        lambda u, s: (u.kl - u.nll).mean(),
    ),
    "held_out_r_loss": (
        "This is r_loss, the cross-entropy per pixel: the ELBO has the KL in it too.",
        lambda u, s: u.nll.mean() / PIXELS,
    ),
    "held_out_reconstruction": (
        "The KL is missing: this is the reconstruction alone, which an autoencoder would win.",
        lambda u, s: -u.nll.mean(),
    ),
    "held_out_kl": (
        "This is the KL: the reconstruction is missing, and so is the sign.",
        lambda u, s: u.kl.mean(),
    ),
    "held_out_kl_negative": (
        "The reconstruction is missing: this is minus the KL alone.",
        lambda u, s: -u.kl.mean(),
    ),
    "held_out_without_pixels": (
        "r_loss is per pixel, the KL per image: multiply r_loss by vae.n_pixels before you add.",
        lambda u, s: -(u.nll / PIXELS + u.kl).mean(),
    ),
    "held_out_without_pixels_and_sign": (
        "r_loss is per pixel, the KL per image: multiply r_loss by vae.n_pixels; and the sign is "
        "wrong.",
        lambda u, s: (u.nll / PIXELS + u.kl).mean(),
    ),
    "held_out_for_784_pixels": (
        "You multiply r_loss by 784, whatever the size of the images: use vae.n_pixels.",
        lambda u, s: -(784 * u.nll / PIXELS + u.kl).mean(),
    ),
    "held_out_per_pixel": (
        "This is the ELBO per pixel: it is asked per image.",
        lambda u, s: u.elbo.mean() / PIXELS,
    ),
    "held_out_sum": (
        "You sum over the images, so that more of them look worse: take their mean.",
        lambda u, s: u.elbo.sum(),
    ),
    "held_out_every_image": (
        "You give a value for each image: take their mean.",
        lambda u, s: u.elbo,
    ),
    "held_out_every_metric": (
        'You give all that evaluate does: the ELBO alone is asked, return_dict=True and ["elbo"].',
        lambda u, s: u.metrics(),
    ),
}
