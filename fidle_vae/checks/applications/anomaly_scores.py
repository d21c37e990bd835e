"""The check of the negative ELBO of each image, as a score of what is foreign."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def anomaly_score(my_score: Callable) -> Result:
    """Check `my_score(x, x_hat, z_mean, z_log_var)`: the negative ELBO of each image, (n,)."""
    rng = np.random.default_rng(51)
    cases = [
        {
            "x": rng.integers(0, 2, (n, pixels)).astype("float32"),
            "x_hat": rng.uniform(0.05, 0.95, (n, pixels)).astype("float32"),
            "z_mean": rng.normal(0, 1, (n, dims)).astype("float32"),
            "z_log_var": rng.normal(-1, 0.7, (n, dims)).astype("float32"),
        }
        for n, pixels, dims in ((6, 9, 2), (4, 7, 3))
    ]
    return diagnose(
        "anomaly_score", my_score, cases, [_score], MISTAKES, _image, parts=PARTS, arrays=True
    )


def _image(case, index):
    return f"the image in row {index[0] if index else 0}"


def _pixels(x, p):
    return -(x * np.log(p) + (1 - x) * np.log(1 - p))


def _dims(m, v):
    return (m**2 + np.exp(v) - 1 - v) / 2


def _nll(x, p):
    return _pixels(x, p).sum(axis=1)


def _kl(m, v):
    return _dims(m, v).sum(axis=1)


def _score(x, p, m, v):
    return _nll(x, p) + _kl(m, v)


PARTS = {
    "the reconstruction": lambda x, p, m, v: _nll(x, p),
    "the KL": lambda x, p, m, v: _kl(m, v),
}
MISTAKES = [
    Mistake(
        "anomaly_score_elbo",
        "This is the ELBO itself, which is small for foreign images: the negative one is asked.",
        lambda x, p, m, v: -_score(x, p, m, v),
    ),
    Mistake(
        "anomaly_score_without_kl",
        "The KL is missing: this is the reconstruction alone.",
        lambda x, p, m, v: _nll(x, p),
    ),
    Mistake(
        "anomaly_score_kl_alone",
        "This is the KL alone: add the cross-entropy of the pixels.",
        lambda x, p, m, v: _kl(m, v),
    ),
    Mistake(
        "anomaly_score_kl_subtracted",
        "The KL is subtracted: it is a price as well, so add it.",
        lambda x, p, m, v: _nll(x, p) - _kl(m, v),
    ),
    Mistake(
        "anomaly_score_sign_of_pixels",
        "The sum over the pixels has the wrong sign: logarithms of probabilities are negative.",
        lambda x, p, m, v: _kl(m, v) - _nll(x, p),
    ),
    Mistake(
        "anomaly_score_mean_over_pixels",
        "The cross-entropy is a mean over the pixels, so that the KL weighs too much: take their "
        "sum.",
        lambda x, p, m, v: _pixels(x, p).mean(axis=1) + _kl(m, v),
    ),
    Mistake(
        "anomaly_score_mean_over_dimensions",
        "The KL is a mean over the latent dimensions: take their sum.",
        lambda x, p, m, v: _nll(x, p) + _dims(m, v).mean(axis=1),
    ),
    Mistake(
        "anomaly_score_without_half",
        "The KL has lost its factor 1/2.",
        lambda x, p, m, v: _nll(x, p) + 2 * _kl(m, v),
    ),
    Mistake(
        "anomaly_score_kl_without_exp",
        "The KL has z_log_var where the variance, np.exp(z_log_var), belongs.",
        lambda x, p, m, v: _nll(x, p) + ((m**2 - 1) / 2).sum(axis=1),
    ),
    Mistake(
        "anomaly_score_kl_variance_squared",
        "np.exp(z_log_var) is the variance already: you square it once more.",
        lambda x, p, m, v: _nll(x, p) + _kl(m, 2 * v),
    ),
    Mistake(
        "anomaly_score_kl_variance_squared",
        "np.exp(z_log_var) is the variance already: you square it.",
        lambda x, p, m, v: _nll(x, p) + _kl(m, 2 * v) + v.sum(axis=1) / 2,
    ),
    Mistake(
        "anomaly_score_kl_mean_not_squared",
        "z_mean must be squared in the KL.",
        lambda x, p, m, v: _nll(x, p) + ((m + np.exp(v) - 1 - v) / 2).sum(axis=1),
    ),
    Mistake(
        "anomaly_score_white_only",
        "Only white pixels count. A black one has the probability 1 - x_hat, and costs, too.",
        lambda x, p, m, v: -(x * np.log(p)).sum(axis=1) + _kl(m, v),
    ),
    Mistake(
        "anomaly_score_exchanged",
        "x and x_hat are exchanged among white and black: a white pixel costs -log(x_hat).",
        lambda x, p, m, v: _nll(1 - x, p) + _kl(m, v),
    ),
    Mistake(
        "anomaly_score_squared_error",
        "The pixels cost their squared error: for zeros and ones, it is the cross-entropy.",
        lambda x, p, m, v: ((x - p) ** 2).sum(axis=1) + _kl(m, v),
    ),
    Mistake(
        "anomaly_score_of_all",
        "This is one number for all images: each image needs its own score, axis=1.",
        lambda x, p, m, v: _score(x, p, m, v).sum(),
    ),
    Mistake(
        "anomaly_score_mean",
        "This is the mean over the images: each image needs its own score, axis=1.",
        lambda x, p, m, v: _score(x, p, m, v).mean(),
    ),
    Mistake(
        "anomaly_score_bits",
        "These are bits: nats are asked, with np.log.",
        lambda x, p, m, v: _score(x, p, m, v) / np.log(2),
    ),
    Mistake(
        "anomaly_score_pixels_in_bits",
        "The pixels are in bits, the KL in nats: take np.log for both.",
        lambda x, p, m, v: _nll(x, p) / np.log(2) + _kl(m, v),
    ),
    Mistake(
        "anomaly_score_keeps_axis",
        "The values are right, in a column of shape (n, 1): leave keepdims out.",
        lambda x, p, m, v: _score(x, p, m, v)[:, None],
    ),
]
