"""A mixture of prototypes: the simplest model of images with a hidden cause."""

import numpy as np
from scipy.special import logsumexp

from fidle_vae.common.validation import require_count, require_seed


class BernoulliMixture:
    """Images of zeros and ones, each drawn around one of k prototypes.

    p(x) = sum over z of p(z) * product over pixels of p(x_i | z). With k = 1, all pixels are
    independent. Images are rows, (n, pixels).

    Args:
        weights: p(z), shape (k,).
        means: p(x_i = 1 | z), shape (k, pixels): the prototypes.
    """

    def __init__(self, weights: np.ndarray, means: np.ndarray):
        self.weights, self.means = np.asarray(weights), np.asarray(means)

    def log_joint(self, x: np.ndarray) -> np.ndarray:
        """Return log p(x, z) of each image with each prototype, shape (n, k)."""
        white, black = np.log(self.means), np.log1p(-self.means)
        with np.errstate(divide="ignore"):  # a prototype that no image needs has the weight 0
            return x @ white.T + (1 - x) @ black.T + np.log(self.weights)

    def log_prob(self, x: np.ndarray) -> np.ndarray:
        """Return log p(x) of each image: the sum over all z, shape (n,)."""
        return logsumexp(self.log_joint(x), axis=1)

    def responsibilities(self, x: np.ndarray) -> np.ndarray:
        """Return p(z | x), shape (n, k): how much each prototype has to do with each image."""
        joint = self.log_joint(x)
        return np.exp(joint - logsumexp(joint, axis=1, keepdims=True))

    def draw(self, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return n images, (n, pixels), and the z of each."""
        z = rng.choice(len(self.weights), size=n, p=self.weights)
        return (rng.random((n, self.means.shape[1])) < self.means[z]).astype(np.float32), z


def fit_mixture(
    x: np.ndarray, k: int, *, seed: int, steps: int = 30
) -> tuple[BernoulliMixture, np.ndarray]:
    """Fit a mixture by expectation-maximisation, and return it with what each step raises.

    Each step asks how much each prototype has to do with each image, and then makes each prototype
    the mean of its images. Half a white and half a black image are added to those of each
    prototype, so that no pixel is ever impossible. What no step lowers is log p of all these
    together, divided by the number of images.
    """
    require_count("k", k, 10)
    require_count("steps", steps, 30)
    require_seed(seed)
    share = np.random.default_rng(seed).dirichlet(np.ones(k), len(x))  # of each prototype
    history = []
    for _ in range(steps):
        count = share.sum(axis=0)
        means = (share.T @ x + 0.5) / (count[:, None] + 1)
        mixture = BernoulliMixture(count / len(x), means)
        joint = mixture.log_joint(x)
        log_prob = logsumexp(joint, axis=1, keepdims=True)
        share = np.exp(joint - log_prob)
        of_added = 0.5 * (np.log(means) + np.log1p(-means)).sum()
        history.append((log_prob.sum() + of_added) / len(x))
    return mixture, np.array(history)
