"""The check of the discriminator's loss where both players get orders."""

from collections.abc import Callable

import numpy as np
from keras import ops

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    diagnose,
    exercise,
    explain,
    from_arguments,
)

SIZES = ((6, 3, 3), (5, 2, 4))  # images, their pixels, classes
LATENT = 2
PAIR = "each network takes a pair in square brackets: generator([z, c]), discriminator([x, c])."


@exercise
@from_arguments
def ordered_loss(my_d_loss: Callable) -> Result:
    """Check `my_d_loss(generator, discriminator, x, c, z)`: both players get the same c."""
    rng = np.random.default_rng(86)
    cases = []
    for n, pixels, classes in SIZES:
        cases.append(
            {
                "generator": Player("generator", rng, LATENT, classes, pixels),
                "discriminator": Player("discriminator", rng, pixels, classes, 1),
                "x": rng.normal(0.5, 1, (n, pixels)).astype("float32"),
                "c": np.eye(classes, dtype="float32")[np.arange(n) % classes],
                "z": rng.normal(size=(n, LATENT)).astype("float32"),
            }
        )
    result = diagnose("ordered_loss", my_d_loss, cases, RIGHT, MISTAKES, _logits)
    return explain(result, "unpack", "ordered_loss_no_order", PAIR, alone=True)


class Player:
    """A small network of two inputs, which is called as a Keras model is."""

    def __init__(self, name, rng, inputs, classes, outputs):
        self.name = name
        self.first, self.second = (
            rng.normal(size=(rows, 5)).astype("float32") for rows in (inputs, classes)
        )
        self.last = rng.normal(size=(5, outputs)).astype("float32")

    def __call__(self, inputs, training=False):
        """Return the outputs of a pair of inputs."""
        one, c = (ops.convert_to_tensor(each, "float32") for each in inputs)
        weights = [ops.convert_to_tensor(each) for each in (self.first, self.second, self.last)]
        hidden = ops.tanh(ops.matmul(one, weights[0]) + ops.matmul(c, weights[1]))
        return ops.matmul(hidden, weights[2])


def _call(player, first, c):
    return np.asarray(ops.convert_to_numpy(player([first, c])), float)


def _logits(case, index):
    real = _call(case["discriminator"], case["x"], case["c"]).ravel()
    x_hat = _call(case["generator"], case["z"], case["c"])
    fake = _call(case["discriminator"], x_hat, case["c"]).ravel()
    written = (", ".join(f"{each:.2g}" for each in logits[:3]) for logits in (real, fake))
    return "the logits [{}, ...] of real images and [{}, ...] of generated ones".format(*written)


def _softplus(t):
    return np.logaddexp(0, t)


def _added(real, fake):
    return _softplus(-real).mean() + _softplus(fake).mean()


def _loss(drawn=lambda c: c, judged=lambda c: c, real=lambda c: c, formula=_added):
    """Return the loss where the players get other orders, functions of c."""

    def loss(generator, discriminator, x, c, z):
        x_hat = _call(generator, z, drawn(c))
        return formula(_call(discriminator, x, real(c)), _call(discriminator, x_hat, judged(c)))

    return loss


_right = _loss()
_none = np.zeros_like


def _swapped(c):
    return c[::-1]


def _first(c):
    return np.repeat(c[:1], len(c), axis=0)


def _rolled(c):
    return np.roll(c, 1, axis=0)


_OTHERS = (_swapped, _rolled, lambda c: np.roll(c, -1, axis=0))

# Orders may be drawn anew, as long as both players get the same one for the same image.
RIGHT = [_right, *(_loss(other, other) for other in _OTHERS)]

MISTAKES = [
    *(
        Mistake(
            "ordered_loss_shuffled",
            "The generator draws by one order, and its images are judged by another: a right image "
            "would be called false. Both players must get the same c.",
            loss,
        )
        for other in _OTHERS
        for loss in (_loss(judged=other), _loss(drawn=other))
    ),
    *(
        Mistake(
            "ordered_loss_real_shuffled",
            "The real images are judged by the classes of others: x and c are pairs.",
            loss,
        )
        for other in _OTHERS
        for loss in (
            _loss(real=other),
            _loss(judged=other, real=other),
            _loss(other, other, other),
        )
    ),
    Mistake(
        "ordered_loss_one_side",
        "The generator gets no order, only zeros: it could draw the class asked for by luck only.",
        _loss(drawn=_none),
    ),
    Mistake(
        "ordered_loss_judge_blind",
        "The generated images are judged without an order, only zeros: the discriminator would "
        "know them by that, whatever they show.",
        _loss(judged=_none),
    ),
    Mistake(
        "ordered_loss_real_blind",
        "The real images are judged without an order, only zeros: the discriminator would know "
        "them by that, whatever they show.",
        _loss(real=_none),
    ),
    Mistake(
        "ordered_loss_both_blind",
        "The discriminator gets no order, only zeros: it could not know whether one is obeyed, and "
        "the generator would not learn to.",
        _loss(judged=_none, real=_none),
    ),
    Mistake(
        "ordered_loss_one_condition",
        "The order of the first image is used for the whole batch: each has its own.",
        _loss(_first, _first, _first),
    ),
    Mistake(
        "ordered_loss_one_condition_drawn",
        "The order of the first image is used for all draws: each has its own.",
        _loss(_first, _first),
    ),
    Mistake(
        "ordered_loss_labels_swapped",
        "Real and generated images are exchanged: softplus(-D) is for real ones, softplus(D) for "
        "generated ones.",
        _loss(formula=lambda real, fake: _added(fake, real)),
    ),
    Mistake(
        "ordered_loss_of_generator",
        "This is what the generator pays, softplus(-D) of its images: the discriminator's loss is "
        "asked.",
        _loss(formula=lambda real, fake: _softplus(-fake).mean()),
    ),
    Mistake(
        "ordered_loss_real_only",
        "Only the real images count: the generated ones must be called generated, too.",
        _loss(formula=lambda real, fake: _softplus(-real).mean()),
    ),
    Mistake(
        "ordered_loss_fake_only",
        "Only the generated images count: the real ones must be called real, too.",
        _loss(formula=lambda real, fake: _softplus(fake).mean()),
    ),
    Mistake(
        "ordered_loss_all_real",
        "Both kinds of images are to be called real: the generated ones pay softplus(D).",
        _loss(formula=lambda real, fake: _added(real, -fake)),
    ),
    Mistake(
        "ordered_loss_sums",
        "The losses are added up over the images: take means.",
        _loss(formula=lambda real, fake: _softplus(-real).sum() + _softplus(fake).sum()),
    ),
    Mistake(
        "ordered_loss_halved",
        "This is half of the loss, the mean over both kinds of images: add the two means.",
        _loss(formula=lambda real, fake: _added(real, fake) / 2),
    ),
]
