"""The check of the training image that is nearest to each draw."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments

SIZES = ((30, 5, (3, 2, 1)), (25, 7, (2, 2, 1)))


@exercise
@from_arguments
def nearest_image(my_nearest_image: Callable) -> Result:
    """Check `my_nearest_image(drawn, train)`: which training image is nearest to each draw."""
    rng = np.random.default_rng(63)
    cases = []
    for n, count, shape in SIZES:
        boldness = np.linspace(0.3, 1.6, count).reshape(-1, 1, 1, 1)
        train = rng.random((count, *shape)) * boldness
        drawn = train[rng.integers(0, count, n)] + rng.normal(0, 0.3, (n, *shape))
        cases.append({"drawn": drawn.astype("float32"), "train": train.astype("float32")})
    return diagnose(
        "nearest_image", my_nearest_image, cases, [_nearest], MISTAKES, _draw, arrays=True
    )


def _flat(images):
    return images.reshape(len(images), -1)


def _differences(drawn, train):
    return _flat(drawn)[:, None] - _flat(train)  # (n, m, pixels)


def _squares(drawn, train):
    return (_differences(drawn, train) ** 2).sum(axis=2)


def _nearest(drawn, train):
    return _squares(drawn, train).argmin(axis=1)


def _draw(case, index):
    i = index[0] if index else 0
    squares = _squares(case["drawn"][i : i + 1], case["train"])[0]
    written = ", ".join(f"{each:.3g}" for each in squares)
    return f"draw {i}, whose squared distances are [{written}]"


def _products(drawn, train):
    return _flat(drawn) @ _flat(train).T


def _lengths(images):
    return (_flat(images) ** 2).sum(axis=1)


def _unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


MISTAKES = [
    Mistake(
        "nearest_image_bold",
        "What is compared lacks the squares of the training images, |b|² of "
        "|a - b|² = |a|² - 2 a·b + |b|²: so each draw gets a bold image.",
        lambda drawn, train: _products(drawn, train).argmax(axis=1),
    ),
    Mistake(
        "nearest_image_cosine",
        "What is compared is an angle, which does not see how bold an image is: take squared "
        "differences of the pixels.",
        lambda drawn, train: (_unit(_flat(drawn)) @ _unit(_flat(train)).T).argmax(axis=1),
    ),
    Mistake(
        "nearest_image_farthest",
        "This is the farthest training image: the least distance is asked, argmin.",
        lambda drawn, train: _squares(drawn, train).argmax(axis=1),
    ),
    Mistake(
        "nearest_image_other_way",
        "This is the nearest draw of each training image: one training image for each draw is "
        "asked. Along which axis lie the training images?",
        lambda drawn, train: _squares(drawn, train).argmin(axis=0),
    ),
    Mistake(
        "nearest_image_distance",
        "These are the least distances: the place of the image is asked, argmin in place of min.",
        lambda drawn, train: _squares(drawn, train).min(axis=1),
    ),
    Mistake(
        "nearest_image_root_distance",
        "These are the least distances, with a root: the place of the image is asked, argmin.",
        lambda drawn, train: np.sqrt(_squares(drawn, train).min(axis=1)),
    ),
    Mistake(
        "nearest_image_not_squared",
        "The differences are not squared, so that they cancel, and the least is the most negative: "
        "square each first.",
        lambda drawn, train: _differences(drawn, train).sum(axis=2).argmin(axis=1),
    ),
    Mistake(
        "nearest_image_ink",
        "The differences are added up before they are squared: that compares how much ink an image "
        "has, wherever it is. Square each pixel first.",
        lambda drawn, train: (_differences(drawn, train).sum(axis=2) ** 2).argmin(axis=1),
    ),
    Mistake(
        "nearest_image_absolute",
        "Absolute differences are added up: square them.",
        lambda drawn, train: np.abs(_differences(drawn, train)).sum(axis=2).argmin(axis=1),
    ),
    Mistake(
        "nearest_image_largest_pixel",
        "Only the pixel that differs most is compared: add the squares of all of them up.",
        lambda drawn, train: np.abs(_differences(drawn, train)).max(axis=2).argmin(axis=1),
    ),
    Mistake(
        "nearest_image_first_pixel",
        "Only the first pixel is compared: add up over all of them.",
        lambda drawn, train: (_differences(drawn, train)[..., 0] ** 2).argmin(axis=1),
    ),
    Mistake(
        "nearest_image_second",
        "This is the second nearest. The nearest one is left out, as for an image that is in the "
        "set itself: a draw is not.",
        lambda drawn, train: _squares(drawn, train).argsort(axis=1)[:, 1],
    ),
    Mistake(
        "nearest_image_all_in_order",
        "These are the places of all training images, sorted by distance: the first is enough.",
        lambda drawn, train: _squares(drawn, train).argsort(axis=1),
    ),
    Mistake(
        "nearest_image_table",
        "These are all squared distances: which is the least in each row? argmin(axis=1).",
        _squares,
    ),
    Mistake(
        "nearest_image_from_one",
        "It counts from 1: places count from 0, as Python does.",
        lambda drawn, train: _nearest(drawn, train) + 1,
    ),
    Mistake(
        "nearest_image_itself",
        "These are the images: their places are asked.",
        lambda drawn, train: train[_nearest(drawn, train)],
    ),
    Mistake(
        "nearest_image_of_table",
        "argmin without an axis counts through the whole table of distances: axis=1 chooses in "
        "each row.",
        lambda drawn, train: _squares(drawn, train).argmin(),
    ),
    Mistake(
        "nearest_image_first_draw",
        "This is the place for the first draw alone: one for each is asked. Does `return` stand "
        "inside a loop?",
        lambda drawn, train: _nearest(drawn, train)[0],
    ),
    Mistake(
        "nearest_image_last_draw",
        "This is the place for the last draw alone: one for each is asked. Does a loop overwrite "
        "its result?",
        lambda drawn, train: _nearest(drawn, train)[-1],
    ),
    Mistake(
        "nearest_image_of_mean",
        "This is the training image nearest to the mean of all draws: compare each draw.",
        lambda drawn, train: _nearest(drawn.mean(axis=0, keepdims=True), train)[0],
    ),
    Mistake(
        "nearest_image_no_two",
        "The product counts once: |a - b|² has it twice, |a|² - 2 a·b + |b|².",
        lambda drawn, train: (_lengths(train) - _products(drawn, train)).argmin(axis=1),
    ),
    Mistake(
        "nearest_image_plus",
        "The product is added: |a - b|² is |a|² - 2 a·b + |b|².",
        lambda drawn, train: (_lengths(train) + 2 * _products(drawn, train)).argmin(axis=1),
    ),
    Mistake(
        "nearest_image_root_of_train",
        "|b| stands in place of |b|²: leave out its root.",
        lambda drawn, train: (np.sqrt(_lengths(train)) - 2 * _products(drawn, train)).argmin(
            axis=1
        ),
    ),
    Mistake(
        "nearest_image_sum_of_train",
        "The pixels of b are added up without being squared: |b|² is the sum of their squares.",
        lambda drawn, train: (_flat(train).sum(axis=1) - 2 * _products(drawn, train)).argmin(
            axis=1
        ),
    ),
    Mistake(
        "nearest_image_square_of_sum",
        "The pixels of b are added up before they are squared: square each first.",
        lambda drawn, train: (_flat(train).sum(axis=1) ** 2 - 2 * _products(drawn, train)).argmin(
            axis=1
        ),
    ),
    Mistake(
        "nearest_image_least_product",
        "The product a·b is small where images have nothing in common: take |a - b|².",
        lambda drawn, train: _products(drawn, train).argmin(axis=1),
    ),
]
