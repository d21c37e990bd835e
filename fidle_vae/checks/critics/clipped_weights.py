"""The check of clipping: the weights of the critic, all of them, and of the critic alone."""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
from keras import layers, ops

from fidle_vae.checks.engine import Mistake, Result, exercise, outcome, recognise

LIMIT = 0.5


class Seen(NamedTuple):
    """The weights of both networks, before and after, as lists of arrays."""

    critic: list
    critic_after: list
    generator: list
    generator_after: list

    def critic_is(self, change: Callable) -> bool:
        """Whether the critic's weights are the former ones, changed."""
        return _alike([change(each) for each in self.critic], self.critic_after)

    @property
    def generator_moved(self) -> bool:
        """Whether the generator has other weights than before."""
        return not _alike(self.generator, self.generator_after)


@exercise
def clipping(my_clipping: Callable) -> Result:
    """Check `my_clipping(critic, generator, limit)`: it changes the critic's weights in place."""
    critic, generator = _network(1), _network(2)
    before = _weights(critic), _weights(generator)
    found = outcome("clipping", lambda: my_clipping(critic, generator, LIMIT) or 0)
    if isinstance(found, Result):
        return found
    seen = Seen(before[0], _weights(critic), before[1], _weights(generator))
    return recognise("clipping", seen, MISTAKES, "The critic is clipped, and nothing else.")


def _network(seed):
    rng = np.random.default_rng(seed)
    network = keras.Sequential([keras.Input((4,)), layers.Dense(5), layers.Dense(1)])
    network.set_weights([rng.normal(0, 1, w.shape) for w in network.get_weights()])
    return network


def _weights(network):
    return [ops.convert_to_numpy(each).copy() for each in network.trainable_variables]


def _alike(one, other):
    return all(np.allclose(a, b, atol=1e-6) for a, b in zip(one, other, strict=True))


def _clipped(w):
    return np.clip(w, -LIMIT, LIMIT)


def _is_clipped(seen):
    return seen.critic_is(_clipped)


MISTAKES = [
    Mistake(
        "clipping_of_the_generator",
        "The generator is clipped, and the critic is not: it is the critic that must not be steep.",
        lambda seen: seen.generator_moved and seen.critic_is(lambda w: w),
    ),
    Mistake(
        "clipping_of_both",
        "Both networks are clipped: the generator may have any weights, or it cannot draw.",
        lambda seen: seen.generator_moved and _is_clipped(seen),
    ),
    Mistake(
        "clipping_of_nothing",
        "No weight has changed: a clipped copy must be put back, by weight.assign(...).",
        lambda seen: seen.critic_is(lambda w: w),
    ),
    Mistake(
        "clipping_of_kernels",
        "The biases are left as they were: all weights of the critic are clipped.",
        lambda seen: seen.critic_is(lambda w: _clipped(w) if w.ndim > 1 else w),
    ),
    Mistake(
        "clipping_of_the_first_weight",
        "Only the first weight is clipped, the kernel of the first layer: go through all of them.",
        lambda seen: (
            _alike([_clipped(seen.critic[0])], seen.critic_after[:1])
            and _alike(seen.critic[1:], seen.critic_after[1:])
        ),
    ),
    Mistake(
        "clipping_from_above",
        "Weights below -limit are left as they were: clip from both sides.",
        lambda seen: seen.critic_is(lambda w: np.minimum(w, LIMIT)),
    ),
    Mistake(
        "clipping_from_below",
        "Weights above the limit are left as they were: clip from both sides.",
        lambda seen: seen.critic_is(lambda w: np.maximum(w, -LIMIT)),
    ),
    Mistake(
        "clipping_at_zero",
        "All negative weights have become 0: the lower end is -limit.",
        lambda seen: seen.critic_is(lambda w: np.clip(w, 0, LIMIT)),
    ),
    Mistake(
        "clipping_to_zero",
        "Weights beyond the limit have become 0: they go to the nearer end.",
        lambda seen: seen.critic_is(lambda w: np.where(np.abs(w) > LIMIT, 0, w)),
    ),
    Mistake(
        "clipping_to_the_ends",
        "All weights are at one of the ends: those within stay as they are.",
        lambda seen: seen.critic_is(lambda w: LIMIT * np.sign(w)),
    ),
    Mistake(
        "clipping_by_scaling",
        "The weights are scaled until the largest is at the limit: clip each by itself.",
        lambda seen: seen.critic_is(lambda w: w * LIMIT / np.abs(w).max()),
    ),
    Mistake(
        "clipping_by_the_norm",
        "Each weight tensor is scaled to a norm of at most the limit: clip each number by itself.",
        lambda seen: seen.critic_is(lambda w: w * min(1, LIMIT / np.linalg.norm(w))),
    ),
    Mistake(
        "clipping_otherwise",
        "The weights of the critic are not the former ones, clipped to [-limit, limit].",
        lambda seen: not _is_clipped(seen),
    ),
]
