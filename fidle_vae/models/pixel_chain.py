"""A chain of pixels: each is predicted from those before it, by the rule of the product."""

import keras
import numpy as np
from keras import layers, ops


@keras.saving.register_keras_serializable("fidle_vae")
class EarlierOnly(keras.constraints.Constraint):
    """Keep the weights that lead from an input to a later unit; make all others 0."""

    def __call__(self, w):
        """Return the kernel, (pixels, pixels), with what lies above its diagonal."""
        return ops.triu(w, 1)


def build_pixel_chain(shares: np.ndarray) -> keras.Sequential:
    """Build a model of images of zeros and ones, (n, pixels), to be trained with `fit(x, x)`.

    Unit i gives p(x_i = 1 | x_0, ..., x_(i-1)), a logistic regression on the pixels before it. It
    starts with independent pixels. The binary cross-entropy, times the number of pixels, is
    -log p(x) of the image.

    Args:
        shares: how often each pixel is 1, neither always nor never, shape (pixels,).
    """
    odds = keras.initializers.Constant(np.log(shares / (1 - shares)))
    pixels = layers.Dense(
        len(shares),
        activation="sigmoid",
        kernel_initializer="zeros",
        bias_initializer=odds,
        kernel_constraint=EarlierOnly(),
    )
    return keras.Sequential([keras.Input((len(shares),)), pixels], name="pixel_chain")


def log_prob(chain: keras.Model, x: np.ndarray) -> np.ndarray:
    """Return log p(x) of each image, shape (n,): the logarithms of its pixels, added."""
    one = np.float64(chain.predict(x, batch_size=500, verbose=0)).clip(1e-7, 1 - 1e-7)
    return np.where(x > 0.5, np.log(one), np.log1p(-one)).sum(axis=1)


def draw(chain: keras.Model, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw n images, (n, pixels), pixel by pixel."""
    kernel, bias = (ops.convert_to_numpy(each) for each in chain.layers[-1].weights)
    x = np.zeros((n, len(bias)), np.float32)
    for i in range(len(bias)):
        logit = x[:, :i] @ kernel[:i, i] + bias[i]
        x[:, i] = rng.random(n) < 1 / (1 + np.exp(-logit))
    return x
