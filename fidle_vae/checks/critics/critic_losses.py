"""The checks of a critic's loss, and of the generator's loss with least squares."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments, short


@exercise
@from_arguments
def critic_loss(my_loss: Callable) -> Result:
    """Check `my_loss(real, fake)`: the mean of what it says of fake images, less that of real."""
    rng = np.random.default_rng(62)
    cases = [
        {
            "real": rng.normal(mean, 2, n).astype("float32"),
            "fake": rng.normal(0.3, 2, n).astype("float32"),
        }
        for n, mean in ((4, 1.5), (6, -2.0), (5, 0.4))
    ]
    return diagnose("critic_loss", my_loss, cases, [_critic], MISTAKES, _said)


@exercise
@from_arguments
def least_squares_generator(my_loss: Callable) -> Result:
    """Check `my_loss(fake)`: half the mean squared distance from 1, the value for real images."""
    rng = np.random.default_rng(63)
    cases = [{"fake": rng.normal(0.3, 2, n).astype("float32")} for n in (4, 6, 5)]
    return diagnose("least_squares_generator", my_loss, cases, [_squares], OF_SQUARES, _of_fake)


def _said(case, index):
    return f"real = {short(case['real'])} and fake = {short(case['fake'])}"


def _of_fake(case, index):
    return f"fake = {short(case['fake'])}"


def _softplus(x):
    return np.logaddexp(0, x)


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _critic(real, fake):
    return fake.mean() - real.mean()


def _squares(fake):
    return np.square(fake - 1).mean() / 2


MISTAKES = [
    Mistake(
        "critic_loss_sign",
        "The sign is wrong: this is the distance itself, which the critic wants large. A loss is "
        "made small.",
        lambda r, f: r.mean() - f.mean(),
    ),
    Mistake(
        "critic_loss_of_the_generator",
        "This is the generator's loss, minus what the critic says of its images: the critic also "
        "sees real ones, and wants the opposite.",
        lambda r, f: -f.mean(),
    ),
    Mistake(
        "critic_loss_fake_alone",
        "Real images are missing: a critic that says less of everything would win.",
        lambda r, f: f.mean(),
    ),
    Mistake(
        "critic_loss_real_alone",
        "Generated images are missing: a critic that says more of everything would win.",
        lambda r, f: -r.mean(),
    ),
    Mistake(
        "critic_loss_added",
        "Both are added: the critic should say much of real images and little of generated ones, "
        "so one needs a minus.",
        lambda r, f: f.mean() + r.mean(),
    ),
    Mistake(
        "critic_loss_sum",
        "The images are added up, so that a larger batch would count more: take means.",
        lambda r, f: (f - r).sum(),
    ),
    Mistake(
        "critic_loss_each_image",
        "This is a number for each pair of images: take the mean of each group.",
        lambda r, f: f - r,
    ),
    Mistake(
        "critic_loss_absolute",
        "The absolute value is taken: the critic would not learn which side is real.",
        lambda r, f: np.abs(f.mean() - r.mean()),
    ),
    Mistake(
        "critic_loss_pairs",
        "This is the mean distance of pairs: a real and a generated image are no pair, so take "
        "the difference of the two means.",
        lambda r, f: np.abs(f - r).mean(),
    ),
    Mistake(
        "critic_loss_squared",
        "The difference is squared: no slope would be left where both are alike, and no sign.",
        lambda r, f: np.square(f.mean() - r.mean()),
    ),
    Mistake(
        "critic_loss_sigmoid",
        "A sigmoid squeezes what the critic says: it is no probability, so leave it as it is.",
        lambda r, f: _sigmoid(f).mean() - _sigmoid(r).mean(),
    ),
    Mistake(
        "critic_loss_logarithms",
        "This is the loss of a classifier, with logarithms: a critic's is a difference of means.",
        lambda r, f: _softplus(-r).mean() + _softplus(f).mean(),
    ),
    Mistake(
        "critic_loss_hinge",
        "This is the hinge loss, which stops at a margin: the earth mover's distance has none.",
        lambda r, f: np.maximum(0, 1 - r).mean() + np.maximum(0, 1 + f).mean(),
    ),
    Mistake(
        "critic_loss_both_negative",
        "Both have a minus: the critic should say little of generated images, so they need a plus.",
        lambda r, f: -f.mean() - r.mean(),
    ),
    Mistake(
        "critic_loss_never_positive",
        "This is minus the absolute value: the critic would not learn which side is real.",
        lambda r, f: -np.abs(f.mean() - r.mean()),
    ),
    Mistake(
        "critic_loss_sorted",
        "This is the earth mover's distance of what the critic says: sort nothing, and take the "
        "difference of the two means.",
        lambda r, f: np.abs(np.sort(r) - np.sort(f)).mean(),
    ),
    Mistake(
        "critic_loss_least_squares",
        "These are least squares, which pull to 1 and to 0: a critic's loss is a difference of "
        "means.",
        lambda r, f: np.square(r - 1).mean() + np.square(f).mean(),
    ),
    Mistake(
        "critic_loss_half_least_squares",
        "These are least squares, which pull to 1 and to 0: a critic's loss is a difference of "
        "means.",
        lambda r, f: (np.square(r - 1).mean() + np.square(f).mean()) / 2,
    ),
    Mistake(
        "critic_loss_tanh",
        "A tanh squeezes what the critic says: leave it as it is.",
        lambda r, f: np.tanh(f).mean() - np.tanh(r).mean(),
    ),
    Mistake(
        "critic_loss_ratio",
        "One mean is divided by the other: their difference is asked.",
        lambda r, f: f.mean() / r.mean(),
    ),
    Mistake(
        "critic_loss_squared_pairs",
        "This is the mean square of pairs: a real and a generated image are no pair, so take the "
        "difference of the two means.",
        lambda r, f: np.square(f - r).mean(),
    ),
    Mistake(
        "critic_loss_generator_with_logarithm",
        "This is the loss of a generator, with a logarithm: the critic also sees real images, and "
        "takes a difference of means.",
        lambda r, f: _softplus(-f).mean(),
    ),
]

OF_SQUARES = [
    Mistake(
        "least_squares_generator_to_zero",
        "It pulls what is said of generated images to 0, the value for generated ones.",
        lambda f: np.square(f).mean() / 2,
    ),
    Mistake(
        "least_squares_generator_to_zero_without_half",
        "It pulls what is said of generated images to 0, and has no half.",
        lambda f: np.square(f).mean(),
    ),
    Mistake(
        "least_squares_generator_without_half",
        "The half is missing.",
        lambda f: np.square(f - 1).mean(),
    ),
    Mistake(
        "least_squares_generator_to_minus_one",
        "It pulls to -1: real images are to get +1.",
        lambda f: np.square(f + 1).mean() / 2,
    ),
    Mistake(
        "least_squares_generator_negative",
        "The sign is wrong: this pushes away from 1, without end.",
        lambda f: -np.square(f - 1).mean() / 2,
    ),
    Mistake(
        "least_squares_generator_against_zero",
        "This pushes away from 0, to both sides and without end: 1 is the aim.",
        lambda f: -np.square(f).mean() / 2,
    ),
    Mistake(
        "least_squares_generator_of_the_mean",
        "The mean is taken before the square: images that get 0 and 2 would count as right.",
        lambda f: np.square(f.mean() - 1) / 2,
    ),
    Mistake(
        "least_squares_generator_sum",
        "The images are added up: take their mean.",
        lambda f: np.square(f - 1).sum() / 2,
    ),
    Mistake(
        "least_squares_generator_each_image",
        "This is a number for each image: take their mean.",
        lambda f: np.square(f - 1) / 2,
    ),
    Mistake(
        "least_squares_generator_absolute",
        "This is the distance from 1: its square is due.",
        lambda f: np.abs(f - 1).mean() / 2,
    ),
    Mistake(
        "least_squares_generator_sigmoid",
        "A sigmoid comes first: least squares take the discriminator's output as it is.",
        lambda f: np.square(_sigmoid(f) - 1).mean() / 2,
    ),
    Mistake(
        "least_squares_generator_logarithm",
        "This is the non-saturating loss, with a logarithm: least squares are asked.",
        lambda f: _softplus(-f).mean(),
    ),
    Mistake(
        "least_squares_generator_of_the_critic",
        "This is what a Wasserstein generator pays: least squares are asked.",
        lambda f: -f.mean(),
    ),
    Mistake(
        "least_squares_generator_both",
        "It pulls to 1 and to 0 at once: 0 is what the discriminator wants, so 1 alone.",
        lambda f: (np.square(f - 1).mean() + np.square(f).mean()) / 2,
    ),
    Mistake(
        "least_squares_generator_not_squared",
        "Nothing is squared, so that values above 1 earn something: (D - 1)^2 is asked.",
        lambda f: (1 - f).mean() / 2,
    ),
    Mistake(
        "least_squares_generator_squared_first",
        "The square comes before the 1 is subtracted: it still pulls to 0. (D - 1)^2 is asked.",
        lambda f: (np.square(f) - 1).mean() / 2,
    ),
    Mistake(
        "least_squares_generator_to_a_half",
        "It pulls to 1/2: real images are to get 1.",
        lambda f: np.square(f - 0.5).mean() / 2,
    ),
    Mistake(
        "least_squares_generator_absolute_without_half",
        "This is the distance from 1: half its square is due.",
        lambda f: np.abs(f - 1).mean(),
    ),
]
