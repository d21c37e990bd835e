"""What codes tell of classes that no training has seen: neighbours, a linear probe, clusters."""

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

from fidle_vae.evaluation.aggregate import Estimate

NEIGHBOURS = 5


def knn_accuracy(codes, labels, test_codes, test_labels, neighbours: int = NEIGHBOURS) -> Estimate:
    """Share of test codes whose class is that of most of their nearest training codes.

    Cover and Hart (1967); Euclidean distance in the latent space, 5 neighbours unless told; as a
    fraction of 1.
    """
    classifier = KNeighborsClassifier(neighbours).fit(codes, labels)
    return Estimate.of_mean(classifier.predict(test_codes) == test_labels)


def knn_accuracy_within(codes, labels, neighbours: int = NEIGHBOURS) -> Estimate:
    """Share of codes whose class is that of most of their nearest others, as a fraction of 1.

    Each code is left out in turn and judged by all others. So methods that have no map for new
    points, such as t-SNE, can be scored on the same codes as those that do.
    """
    labels = np.asarray(labels)
    found = KNeighborsClassifier(neighbours).fit(codes, labels).kneighbors(return_distance=False)
    votes = np.array([np.bincount(labels[row]).argmax() for row in found])
    return Estimate.of_mean(votes == labels)


def knn_accuracy_with_few(
    codes, labels, test_codes, test_labels, count: int, *, draws: int = 20, seed: int = 0
) -> Estimate:
    """`knn_accuracy` where only `count` training codes have a label, each class its share.

    The mean over `draws` choices of these codes, and its standard error.
    """
    split = StratifiedShuffleSplit(draws, train_size=count, random_state=seed)
    accuracies = [
        knn_accuracy(codes[chosen], labels[chosen], test_codes, test_labels).value
        for chosen, _ in split.split(codes, labels)
    ]
    return Estimate.of_mean(accuracies)


def probe_accuracy(codes, labels, test_codes, test_labels) -> Estimate:
    """Share of test codes that a logistic regression on the training codes puts into their class.

    A linear probe (Alain and Bengio 2016): it tells whether straight borders part the classes.
    Codes are scaled to unit variance first; as a fraction of 1.
    """
    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # near the optimum is near enough
        probe.fit(codes, labels)
    return Estimate.of_mean(probe.predict(test_codes) == test_labels)


def cluster_agreement(codes, labels, seed: int = 0) -> dict[str, Estimate]:
    """Agreement of k-means clusters of codes, as many as there are classes, with the classes.

    "ari", the adjusted Rand index (Hubert and Arabie 1985): share of pairs of images on which both
    agree, 0 by chance, 1 at best. "nmi", the normalized mutual information (Strehl and Ghosh 2002):
    mutual information of cluster and class over the mean of their entropies, 0 to 1.
    """
    k = len(np.unique(labels))
    clusters = KMeans(k, n_init=10, random_state=seed).fit_predict(codes)
    return {
        "ari": Estimate(float(adjusted_rand_score(labels, clusters))),
        "nmi": Estimate(float(normalized_mutual_info_score(labels, clusters))),
    }
