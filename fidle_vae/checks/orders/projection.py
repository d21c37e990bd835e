"""The check of a logit by projection: what all images share, and what the condition asks for."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments

SIZES = ((5, 4, 3), (4, 3, 4))  # images, features, classes


@exercise
@from_arguments
def projection(my_projection: Callable) -> Result:
    """Check `my_projection(features, c, v, embedding)`: f v + sum of f (c embedding), (n,)."""
    rng = np.random.default_rng(81)
    cases = []
    for n, d, classes in SIZES:
        cases.append(
            {
                "features": rng.normal(size=(n, d)).astype("float32"),
                "c": np.eye(classes, dtype="float32")[np.arange(1, n + 1) % classes],
                "v": rng.normal(size=d).astype("float32"),
                "embedding": rng.normal(size=(classes, d)).astype("float32"),
            }
        )
    return diagnose("projection", my_projection, cases, [_logits], MISTAKES, _image, arrays=True)


def _image(case, index):
    i = index[0] if index else 0
    numbers = ", ".join(f"{each:.2g}" for each in case["features"][i])
    return f"the features [{numbers}] and class {int(case['c'][i].argmax())}"


def _logits(features, c, v, embedding):
    return features @ v + (features * (c @ embedding)).sum(axis=1)


def _with(term):
    """Return the logits where another term, a function of features and embeddings, is added."""
    return lambda features, c, v, embedding: features @ v + term(features, c @ embedding)


MISTAKES = [
    Mistake(
        "projection_wrong_axis",
        "The products are added up over the images, axis=0: the inner product of each image adds "
        "over its features, axis=1.",
        lambda features, c, v, embedding: (
            (features * v).sum(axis=0) + (features * (c @ embedding)).sum(axis=0)
        ),
    ),
    Mistake(
        "projection_term_wrong_axis",
        "The second term is added up over the images, axis=0: the inner product of each image adds "
        "over its features, axis=1.",
        lambda features, c, v, embedding: (
            (features @ v)[:, None] + (features * (c @ embedding)).sum(axis=0)[None]
        ),
    ),
    Mistake(
        "projection_all_pairs",
        "This is a table of each image with the condition of each other one: an image meets its "
        "own condition only. Multiply place by place, and add over axis=1.",
        lambda features, c, v, embedding: (features @ v)[:, None] + features @ (c @ embedding).T,
    ),
    Mistake(
        "projection_all_pairs",
        "This is a table of each image with the condition of each other one: an image meets its "
        "own condition only. Multiply place by place, and add over axis=1.",
        lambda features, c, v, embedding: features @ v + features @ (c @ embedding).T,
    ),
    Mistake(
        "projection_table",
        "A column and a row were added, which makes a table: give both terms the shape (n,).",
        lambda features, c, v, embedding: (
            (features @ v)[:, None] + (features * (c @ embedding)).sum(axis=1)
        ),
    ),
    Mistake(
        "projection_table",
        "A column and a row were added, which makes a table: give both terms the shape (n,).",
        lambda features, c, v, embedding: (
            features @ v + (features * (c @ embedding)).sum(axis=1)[:, None]
        ),
    ),
    Mistake(
        "projection_unconditional",
        "This is the first term alone: the discriminator does not see what was asked for.",
        lambda features, c, v, embedding: features @ v,
    ),
    Mistake(
        "projection_condition_only",
        "This is the second term alone: f v says whether an image is real, whatever was asked for.",
        lambda features, c, v, embedding: (features * (c @ embedding)).sum(axis=1),
    ),
    Mistake(
        "projection_every_class",
        "This is a logit for each class, (n, classes): take that of the class asked for, the row "
        "c @ embedding.",
        lambda features, c, v, embedding: (features @ v)[:, None] + features @ embedding.T,
    ),
    Mistake(
        "projection_not_added_up",
        "The products of the second term are not added up: .sum(axis=1).",
        lambda features, c, v, embedding: (features @ v)[:, None] + features * (c @ embedding),
    ),
    Mistake(
        "projection_not_added_up",
        "The products of the second term are not added up: .sum(axis=1).",
        lambda features, c, v, embedding: (features @ v)[:, None] + features @ embedding.T * c,
    ),
    Mistake(
        "projection_likeliest",
        "The second term is that of the class which fits the features best: take the class that "
        "was asked for, c, or a fine image of any class would do.",
        lambda features, c, v, embedding: features @ v + (features @ embedding.T).max(axis=1),
    ),
    Mistake(
        "projection_product",
        "The two terms are multiplied: add them.",
        lambda features, c, v, embedding: (features @ v) * (features * (c @ embedding)).sum(axis=1),
    ),
    Mistake(
        "projection_probability",
        "This is a probability, the sigmoid of the logit: the logit is asked.",
        lambda *arguments: 1 / (1 + np.exp(-_logits(*arguments))),
    ),
    Mistake(
        "projection_means",
        "Both terms are means over the features: an inner product is a sum.",
        lambda features, c, v, embedding: (features * (v + c @ embedding)).mean(axis=1),
    ),
    Mistake(
        "projection_no_features",
        "The second term is the sum of the embedding, without the features: a class would be "
        "likelier or not, whatever the image shows. Multiply by the features first.",
        _with(lambda features, asked: asked.sum(axis=1)),
    ),
    Mistake(
        "projection_mean",
        "The second term is a mean over the features: an inner product is a sum.",
        _with(lambda features, asked: (features * asked).mean(axis=1)),
    ),
    Mistake(
        "projection_everything_added",
        "The second term is added up over images and features: one number for each image is due.",
        _with(lambda features, asked: (features * asked).sum()),
    ),
    Mistake(
        "projection_one_condition",
        "The condition of the first image is used for the whole batch: each image has its own.",
        lambda features, c, v, embedding: features @ v + features @ (c @ embedding)[0],
    ),
    Mistake(
        "projection_condition_ignored",
        "The embeddings of all classes are added: c chooses one of them, c @ embedding.",
        lambda features, c, v, embedding: features @ v + features @ embedding.sum(axis=0),
    ),
    Mistake(
        "projection_shuffled",
        "The conditions are in another order than the images, from the last to the first.",
        lambda features, c, v, embedding: (
            features @ v + (features * (c[::-1] @ embedding)).sum(axis=1)
        ),
    ),
    Mistake(
        "projection_subtracted",
        "The second term is subtracted: the image would be rewarded for not showing what was "
        "asked.",
        _with(lambda features, asked: -(features * asked).sum(axis=1)),
    ),
    Mistake(
        "projection_embedding_joined",
        "The embedding is added to v for the first class only: take the row of each image's class.",
        lambda features, c, v, embedding: features @ (v + embedding[0]),
    ),
    Mistake(
        "projection_keeps_axis",
        "The values are right, the shape is not: (n,) is due, without an axis of 1.",
        lambda *arguments: _logits(*arguments)[:, None],
    ),
]
