"""Lossless compression by a VAE, in -ELBO bits an image: bits-back coding (Townsend et al. 2019).

For each image, pop z from the stack by q(z given x), push the pixels by p(x given z), push z by
p(z). What the pop takes are bits of earlier images. To decompress, undo each step, the last first.

A step is done for a batch of images: the first has 1, then 2, 4, ..., 64, 64, ... So the stack
has bits enough for the next batch, and only the first image needs initial ones: in 10 dimensions at
most 10 log2(BUCKETS), 128 in words. With 64 bits of head and 96 of count and checksums a file has
288 bits beside the -ELBO of its images: 0.2 % for 1,000 images of 150 bits.
"""

import zlib
from itertools import pairwise
from typing import NamedTuple

import keras
import numpy as np
from scipy.special import ndtr, ndtri

from fidle_vae.evaluation.ans import TOTAL, AnsStack, cumulative_frequencies
from fidle_vae.models.parts import Parts

BATCH = 64  # all inputs of the networks have this length, as for others they may round otherwise
BUCKETS = 1024  # of z in each dimension, of equal mass under the prior; the last is z > 3.1
EDGES = ndtri(np.linspace(0, 1, BUCKETS + 1))  # from -inf to inf
CENTRES = ndtri((np.arange(BUCKETS) + 0.5) / BUCKETS)
PRIOR = range(0, TOTAL + 1, TOTAL // BUCKETS)  # cumulative frequencies


class Compressed(NamedTuple):
    """A file and what its bits are for, in bits for all images.

    pixels + prior - back is an estimate of -ELBO / log(2).
    """

    data: bytes
    pixels: float
    """Pushed by p(x given z)."""
    prior: float
    """Pushed by p(z)."""
    back: float
    """Popped by q(z given x)."""
    initial: int
    """Random bits that the first pops took."""


def compress(encoder: keras.Model, decoder: keras.Model, x: np.ndarray) -> Compressed:
    """Compress images of zeros and ones, shape (n, height, width, channels)."""
    network, x = _networks(encoder, decoder), np.asarray(x)
    if x.shape[1:] != network.image_shape or not len(x) or not np.isin(x, (0, 1)).all():
        raise ValueError(
            f"x must be images of shape (n, {', '.join(map(str, network.image_shape))}) of zeros "
            f"and ones; got shape {x.shape} and values such as {np.unique(x)[:3].tolist()}: "
            "take binarize(x, seed=1) of images in [0, 1]."
        )
    x, stack = x.astype("uint8"), AnsStack()
    sizes = [stack.bits]
    for first, last in pairwise(_ends(len(x))):
        z = [stack.pop(q) for q in _posteriors(network, x[first:last])]
        sizes.append(stack.bits)
        for pixel, p in zip(x[first:last].flat, _pixels(network, z), strict=True):
            stack.push(pixel, p)
        sizes.append(stack.bits)
        for bucket in z:
            stack.push(bucket, PRIOR)
        sizes.append(stack.bits)
    back, pixels, prior = np.diff(sizes).reshape(-1, 3).sum(axis=0).tolist()
    data = np.array([len(x), zlib.crc32(x.tobytes()), *stack.all_words()], "<u4").tobytes()
    data += zlib.crc32(data).to_bytes(4, "little")
    return Compressed(data, pixels, prior, -back, stack.initial_bits)


def decompress(encoder: keras.Model, decoder: keras.Model, data: bytes) -> np.ndarray:
    """Return the images that `compress` was given, by the same networks on the same machine."""
    network = _networks(encoder, decoder)
    if len(data) < 20 or zlib.crc32(data[:-4]) != int.from_bytes(data[-4:], "little"):
        raise ValueError(
            f"data must be the bytes of compress; these {len(data)} are damaged: compress again."
        )
    n, checksum, *words = np.frombuffer(data[:-4], "<u4").tolist()
    stack, x = AnsStack(words), np.empty((n, *network.image_shape), "uint8")
    for first, last in reversed([*pairwise(_ends(n))]):
        z = [stack.pop(PRIOR) for _ in range((last - first) * network.latent_dim)][::-1]
        pixels = [stack.pop(p) for p in reversed(_pixels(network, z))]
        x[first:last] = np.reshape(pixels[::-1], (-1, *network.image_shape))
        for bucket, q in zip(z[::-1], _posteriors(network, x[first:last])[::-1], strict=True):
            stack.push(bucket, q)
    if zlib.crc32(x.tobytes()) != checksum:
        raise ValueError(
            "encoder and decoder must be those that compressed the images, on the same backend and "
            "machine; these give other images: load that model, or compress again."
        )
    return x.astype("float32")


def _networks(encoder, decoder):
    network = Parts(encoder, decoder)
    fits = network.is_gaussian and encoder.output_shape[0][-1] == network.latent_dim
    if not fits or network.classes or Parts(None, decoder).image_shape != network.image_shape:
        raise ValueError(
            "encoder must return [z_mean, z_log_var], and decoder images from z alone; got outputs "
            f"{encoder.output_shape} and an input {decoder.input_shape}: take those of one VAE."
        )
    return network


def _ends(n):
    """Return where batches of 1, 2, 4, ..., BATCH, BATCH, ... images begin and end."""
    ends = [0]
    while ends[-1] < n:
        ends.append(min(2 * ends[-1] + 1, ends[-1] + BATCH, n))
    return ends


def _posteriors(network, images):
    """Return the cumulative frequencies of the buckets, a row for each dimension of each image."""
    z_mean, z_log_var = network.encode(_padded(images))[:2]
    sigma = np.exp(np.clip(z_log_var, -20, 20) / 2)
    mean, sigma = (c[: len(images)].astype(float).reshape(-1, 1) for c in (z_mean, sigma))
    return cumulative_frequencies(ndtr((EDGES - mean) / sigma)).tolist()


def _pixels(network, z):
    """Return the cumulative frequencies of 0 and 1, for each pixel of the images of buckets z."""
    z = CENTRES[z].reshape(-1, network.latent_dim)
    black = 1 - network.decode(_padded(z))[: len(z)].astype(float).reshape(-1, 1)
    zeros = cumulative_frequencies(np.concatenate([0 * black, black, 0 * black + 1], axis=1))[:, 1]
    return [(0, zero, TOTAL) for zero in zeros.tolist()]


def _padded(rows):
    return np.concatenate([rows, np.zeros((BATCH - len(rows), *rows.shape[1:]))]).astype("float32")
