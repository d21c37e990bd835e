"""Answers to the film, to the experiment on the balance of the loss, and to questions."""

import keras
import numpy as np
from keras import ops
from scipy.stats import norm

from fidle_vae import checks as check
from tests.checks.planted import called, right, unfinished, wrong

called("balance", lambda answer: check.balance(*answer))
called("answer", lambda answer: check.answer(*answer))

# The points of a film

RNG = np.random.default_rng(1)
FIXED = np.random.default_rng(2).normal(size=(20, 2))


def draw(epoch, n=20):
    return RNG.normal(size=(n, 2))


def seeded(epoch):
    return np.random.default_rng(epoch).normal(size=(20, 2))


def grid(side=5, low=0.05, high=0.95):
    axis = norm.ppf(np.linspace(low, high, side))
    return np.stack(np.meshgrid(axis, axis), axis=-1)


FILMS = {
    "film_fresh_noise": draw,
    "film_seeded_by_epoch": seeded,
    "film_some_change": lambda epoch: np.concatenate([FIXED[:15], draw(epoch, 5)]),
    "film_points_alike": lambda epoch: np.zeros((20, 2)),
    "film_one_point": lambda epoch: np.array([0.5, -1.0]),
    "film_grid": lambda epoch: grid(),
    "film_shape": lambda epoch: FIXED.T,
    "film_count_changes": lambda epoch: FIXED[: 2 * epoch + 1],
    "film_not_finite": lambda epoch: grid(5, 0, 1).reshape(-1, 2),
    "film_far": lambda epoch: np.random.default_rng(0).uniform(-20, 20, (20, 2)),
    "film_too_near": lambda epoch: 0.01 * FIXED,
    "film_one_quarter": lambda epoch: np.random.default_rng(0).random((20, 2)),
    "no_number": lambda epoch: "the same",
    "error": lambda epoch: FIXED[epochs],  # noqa: F821
}
for name, answer in FILMS.items():
    wrong("film", name)(answer)
wrong("film", "film_fresh_noise")(lambda epoch: keras.random.normal((20, 2)))
wrong("film", "film_seeded_by_epoch")(lambda epoch: keras.random.normal((20, 2), seed=epoch))
wrong("film", "film_seeded_by_epoch")(lambda epoch: FIXED + 0.1 * epoch)
wrong("film", "film_one_point")(lambda epoch: FIXED[:1])
wrong("film", "film_shape")(lambda epoch: np.random.default_rng(0).normal(size=(20, 3)))
wrong("film", "film_far")(lambda epoch: np.array([[0, 0], [1, 9.0]]))
right("film")(lambda epoch: FIXED)
right("film")(lambda epoch: keras.random.normal((10, 2), seed=3))
right("film")(lambda epoch: np.random.default_rng(7).normal(size=(100, 2)))
right("film")(lambda epoch: grid().reshape(-1, 2))
right("film")(lambda epoch: [[0.0, 0.0], [1.0, 1.0], [-1.0, 2.0]])
right("film")(lambda epoch: np.array([[0.5, 0.5], [1.0, 1.0], [1.5, 0.2]]))
right("film")(lambda epoch: ops.linspace(ops.array([-3.0, 0]), ops.array([3.0, 0]), 10))


# The balance of the loss


def row(r_loss, kl_loss, active_dims, **others):
    elbo = -(784 * r_loss + kl_loss)
    return {"loss": 1.0, "r_loss": r_loss, "kl_loss": kl_loss, "elbo": elbo} | {
        "active_dims": active_dims, **others,
    }  # fmt: skip


def trained(k2, r_loss, kl_loss, active_dims, **others):
    """Make the numbers of a model with the weight k2, whose loss has them."""
    return row(r_loss, kl_loss, active_dims, **others) | {"loss": r_loss + k2 * kl_loss}


MEASURED = {
    0.0: trained(0.0, 0.18, 310.0, 2),
    1e-3: trained(1e-3, 0.20, 6.2, 2),
    1.0: trained(1.0, 0.263, 0.0, 0),
}
SMALL, SOME, LARGE = MEASURED.values()
TRUE = {
    "smallest r_loss": 0,
    "smallest kl_loss": 1.0,
    "largest elbo": 1e-3,
    "no active dimension": 1,
}
unfinished("balance", (None, MEASURED), (TRUE | {"largest elbo": ...}, MEASURED), (TRUE, None))
COLLAPSED = {k2: row(0.263 + k2 / 1e4, 0.0, 0) for k2 in MEASURED}
BALANCES = {
    "balance_prediction": (TRUE | {"smallest kl_loss": 0}, MEASURED),
    "balance_question_missing": ({"largest elbo": 1e-3}, MEASURED),
    "balance_other_k2": (TRUE | {"largest elbo": 0.5}, MEASURED),
    "balance_k2_missing": (TRUE, {k2: MEASURED[k2] for k2 in (0, 1)}),
    "balance_metric_missing": (TRUE, MEASURED | {1.0: {"r_loss": 0.3, "kl_loss": 0.0}}),
    "balance_no_number": (TRUE, MEASURED | {0.0: row(0.18, 310.0, 2) | {"elbo": "large"}}),
    "balance_not_finite": (TRUE, MEASURED | {0.0: row(0.18, np.inf, 2)}),
    "balance_row_is_no_dict": (TRUE, MEASURED | {0: 0.18}),
    "balance_elbo_sign": (TRUE, MEASURED | {1.0: row(0.263, 0.0, 0) | {"elbo": 206.0}}),
    "balance_all_the_same": (TRUE, dict.fromkeys(MEASURED, MEASURED[1e-3])),
    "balance_weights_exchanged": (TRUE, COLLAPSED),
    "balance_not_collapsed": (TRUE, MEASURED | {1.0: row(0.21, 5.0, 2)}),
    "balance_prediction_is_no_dict": (1e-3, MEASURED),
    "balance_measured_is_no_dict": (TRUE, [0.18, 0.2, 0.26]),
}
for measured in (
    {0.0: SOME, 1e-3: SMALL, 1.0: LARGE},
    {0.0: LARGE, 1e-3: SOME, 1.0: SMALL},
    {0.0: SMALL, 1e-3: LARGE, 1.0: SOME},
    {0.0: row(0.20, 6.2, 2), 1e-3: row(0.18, 310.0, 2), 1.0: row(0.263, 0.0, 0)},
):
    wrong("balance", "balance_exchanged")((TRUE, measured))
wrong("balance", "balance_two_the_same")((TRUE, MEASURED | {0.0: SOME}))
wrong("balance", "balance_two_the_same")((TRUE, MEASURED | {1.0: SOME}))
wrong("balance", "balance_of_another_k2")((TRUE, MEASURED | {1.0: trained(0.1, 0.263, 0.003, 0)}))
wrong("balance", "balance_of_another_k2")((TRUE, MEASURED | {0.0: trained(1e-3, 0.19, 7.0, 2)}))
wrong("balance", "balance_of_another_network")(
    (TRUE, MEASURED | {1e-3: trained(1e-3, 0.185, 6.9, 2, best_epoch=3)})
)
model = keras.Sequential()
wrong("balance", "balance_row_is_no_dict")((TRUE, {k2: (model, MEASURED[k2]) for k2 in MEASURED}))
wrong("balance", "balance_row_is_no_dict")((TRUE, dict.fromkeys(MEASURED, model)))
wrong("balance", "balance_keys_in_words")((TRUE, {f"k2={k2:g}": MEASURED[k2] for k2 in MEASURED}))
wrong("balance", "balance_arguments_exchanged")((MEASURED, TRUE))
wrong("balance", "balance_one_model")((TRUE, MEASURED[1.0]))
for name, answer in BALANCES.items():
    wrong("balance", name)(answer)
for question in TRUE:
    for k2 in {0, 1e-3, 1} - {TRUE[question]}:
        wrong("balance", "balance_prediction")((TRUE | {question: k2}, MEASURED))
wrong("balance", "balance_other_k2")((TRUE | {"largest elbo": "k2 = 1"}, MEASURED))
right("balance")((TRUE, MEASURED))
right("balance")((  # another network, for which the truth is another
    TRUE | {"smallest r_loss": 1e-3},
    MEASURED | {0: row(0.21, 900.0, 1), 0.1: row(0.1, 0.0, 0)},
))  # fmt: skip
right("balance")(({k: float(v) for k, v in TRUE.items()}, {
    int(k2) if k2 == int(k2) else k2: {k: np.float32(v) for k, v in metrics.items()}
    for k2, metrics in MEASURED.items()
}))  # fmt: skip


right("balance")((
    {question: np.float32(k2) for question, k2 in TRUE.items()},
    {np.float32(k2): metrics for k2, metrics in MEASURED.items()},
))  # fmt: skip
right("balance")((
    {question: str(k2) for question, k2 in TRUE.items()},
    {str(k2): {k: str(v) for k, v in metrics.items()} for k2, metrics in MEASURED.items()},
))  # fmt: skip
wrong("balance", "balance_k2_missing")((TRUE, {"none": {}, "some": {}, "all": {}}))
wrong("balance", "balance_no_number")((TRUE, MEASURED | {1.0: row(0.2, 0.0, 0) | {"elbo": None}}))


# Answers to questions

OTHER = {"a": "b", "b": "c", "c": "a"}  # a wrong letter for each right one
KEYS = {"VAE1-1": "b", "VAE1-2": "c", "VAE1-3": 0.392, "VAE2-1": "a", "VAE2-2": "c"}
KEYS |= {"VAE2-3": "b", "VAE3-1": "b", "VAE3-2": "a", "VAE3-3": "c"}
unfinished("answer", *(("VAE1-1", value) for value in (None, ..., "", " ", "?", " ? ", "...")))
for key, value in KEYS.items():
    right("answer")((key, value))
    wrong("answer", "answer_wrong")((key, OTHER.get(value, 0.6)))
for value in (" B ", "(b)", "b)", "b."):
    right("answer")(("VAE1-1", value))
for value in ("0.392", 784 * 5e-4 / 1, np.float32(0.392), ops.array(0.392), np.array([0.392])):
    right("answer")(("VAE1-3", value))
for value in (0.784, -0.392, 392, 5e-4):
    wrong("answer", "answer_slip")(("VAE1-3", value))
for value in (0.379, 0.405, True, 0, 1e400):
    wrong("answer", "answer_wrong" if value != 1e400 else "answer_kind")(("VAE1-3", value))
for value in (0.39, "0.4", 0.3926, 0.381, 0.403, np.array([0.39])):
    wrong("answer", "answer_near")(("VAE1-3", value))
for value in ("0,392", " 3,14 "):
    wrong("answer", "answer_comma")(("VAE1-3", value))
for value in (["b"], np.array([1.0, 2.0]), {"b"}, "d", "ab", 2, True, "0,392", "because of b"):
    wrong("answer", "answer_kind")(("VAE1-1", value))
for value in ("b", "two", [0.392, 1.0]):
    wrong("answer", "answer_kind")(("VAE1-3", value))
