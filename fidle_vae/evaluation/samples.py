"""Quality of samples from the prior: their distance from real images, and the classes they show.

Both are computed from the outputs of a small classifier, see `fidle_vae.evaluation.classifier`.
"""

import numpy as np


def frechet_distance(x: np.ndarray, y: np.ndarray) -> float:
    """Return the squared Frechet distance of Gaussians with the means and covariances of x and y.

    |m_x - m_y|^2 + Tr(S_x + S_y - 2 (S_x S_y)^(1/2)) (Dowson and Landau 1982). With the features of
    an Inception network it is called FID (Heusel et al. 2017); with other features it is not FID,
    and has another scale. It depends on the number of points: compare it with the distance of two
    sets of real images of the same size, which is its floor.

    Args:
        x: features, shape (n, features).
        y: features, shape (m, features).
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    covariance_x, covariance_y = (np.atleast_2d(np.cov(f, rowvar=False)) for f in (x, y))
    # (S_x S_y)^(1/2) has the trace of (R S_y R)^(1/2), R = S_x^(1/2), which is symmetric
    values, vectors = np.linalg.eigh(covariance_x)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    of_product = np.linalg.eigvalsh(root @ covariance_y @ root)
    means = np.square(x.mean(axis=0) - y.mean(axis=0)).sum()
    traces = np.trace(covariance_x) + np.trace(covariance_y)
    return float(means + traces - 2 * np.sqrt(np.maximum(of_product, 0)).sum())


def class_coverage(probabilities: np.ndarray) -> float:
    """Return the number of classes that samples show: exp of the entropy of their classes.

    exp(-sum_k p_k log p_k), with p_k the share of samples that the classifier puts into class k
    (Hill 1973). It is the number of classes if all are equally frequent, and 1 if all samples are
    of one class.

    Args:
        probabilities: class probabilities of each sample, shape (n, classes).
    """
    shares = np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1])
    shares = shares[shares > 0] / len(probabilities)
    return float(np.exp(-(shares * np.log(shares)).sum()))


def kinds_shown(probabilities: np.ndarray, share: float = 0.03) -> int:
    """Return how many classes make up at least `share` of the samples each.

    Args:
        probabilities: of each class for each sample, shape (n, classes).
        share: the smallest share for which a class counts.
    """
    counts = np.bincount(np.argmax(probabilities, axis=1))
    return int(np.sum(counts >= share * len(probabilities)))


def confident_share(probabilities: np.ndarray, threshold: float = 0.9) -> float:
    """Return the share of samples to which a classifier gives one class more than `threshold`.

    It says how many samples look like members of some class, not whether they are varied: compare
    it with the share of real images, and see `class_coverage`. A classifier never trained on other
    images may be sure of noise, too.

    Args:
        probabilities: of each class for each sample, shape (n, classes).
        threshold: the probability of the likeliest class above which a sample counts.
    """
    return float((np.max(probabilities, axis=1) > threshold).mean())
