"""How well codes show classes unseen in training: neighbours, a linear probe, clusters."""

import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fidle_vae.evaluation.estimate import Estimate

NEIGHBOURS = 5


def knn_classes(codes, labels, points, neighbours: int = NEIGHBOURS) -> np.ndarray:
    """Return for each point the class of most of the codes nearest to it."""
    return KNeighborsClassifier(neighbours).fit(codes, labels).predict(points)


def knn_accuracy(codes, labels, test_codes, test_labels, neighbours: int = NEIGHBOURS) -> Estimate:
    """Return the accuracy of a nearest-neighbour classifier on test codes, as a fraction of 1.

    It is fitted on training codes (Cover and Hart 1967), with Euclidean distance in the latent
    space and, by default, 5 neighbours.
    """
    found = knn_classes(codes, labels, test_codes, neighbours)
    return Estimate.of_mean(found == test_labels)


def knn_classes_within(codes, labels, neighbours: int = NEIGHBOURS) -> np.ndarray:
    """Return for each code the class of most of its nearest neighbours, itself left out.

    So methods that have no map for new points, such as t-SNE, can be scored on the same codes as
    those that do.
    """
    labels = np.asarray(labels)
    found = KNeighborsClassifier(neighbours).fit(codes, labels).kneighbors(return_distance=False)
    return np.array([np.bincount(labels[row]).argmax() for row in found])


def knn_accuracy_within(codes, labels, neighbours: int = NEIGHBOURS) -> Estimate:
    """Return the share of codes whose class is that of most of their nearest neighbours."""
    return Estimate.of_mean(knn_classes_within(codes, labels, neighbours) == np.asarray(labels))


def knn_accuracy_with_few(
    codes, labels, test_codes, test_labels, count: int, *, draws: int = 20, seed: int = 0
) -> Estimate:
    """Return `knn_accuracy` with only `count` labelled training codes, sampled by class.

    It is the mean over `draws` random choices of these codes, with its standard error.
    """
    split = StratifiedShuffleSplit(draws, train_size=count, random_state=seed)
    accuracies = [
        knn_accuracy(codes[chosen], labels[chosen], test_codes, test_labels).value
        for chosen, _ in split.split(codes, labels)
    ]
    return Estimate.of_mean(accuracies)


def probe_accuracy(codes, labels, test_codes, test_labels) -> Estimate:
    """Return the accuracy of a logistic regression on test codes, as a fraction of 1.

    It is fitted on training codes, scaled to unit variance. This is a linear probe (Alain and
    Bengio 2016): it shows whether linear boundaries separate the classes.
    """
    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # close to the optimum is good enough
        probe.fit(codes, labels)
    return Estimate.of_mean(probe.predict(test_codes) == test_labels)


def cluster_agreement(codes, labels, seed: int = 0) -> dict[str, Estimate]:
    """Return how well k-means clusters of codes, one for each class, agree with the classes.

    "ari" is the adjusted Rand index (Hubert and Arabie 1985): the share of pairs of images on which
    both agree, corrected for chance, 0 by chance and 1 at best. "nmi" is the normalized mutual
    information (Strehl and Ghosh 2002): the mutual information of cluster and class divided by the
    mean of their entropies, from 0 to 1.
    """
    k = len(np.unique(labels))
    clusters = KMeans(k, n_init=10, random_state=seed).fit_predict(codes)
    return {
        "ari": Estimate(float(adjusted_rand_score(labels, clusters))),
        "nmi": Estimate(float(normalized_mutual_info_score(labels, clusters))),
    }
