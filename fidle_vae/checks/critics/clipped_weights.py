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

    def only_in(self, change: Callable, places: range) -> bool:
        """Whether the critic's weights at some places of the list are changed, and no others."""
        due = [change(w) if i in places else w for i, w in enumerate(self.critic)]
        return _alike(due, self.critic_after)

    @property
    def other_limit(self) -> str:
        """The number to which the critic is clipped, where it is another one; or ""."""
        limit = max(np.abs(w).max() for w in self.critic_after)
        largest = max(np.abs(w).max() for w in self.critic)
        other = abs(limit - LIMIT) > 1e-6 and limit < largest
        clipped = other and self.critic_is(lambda w: np.clip(w, -limit, limit))
        return f"{limit:.3g}" if clipped else ""

    @property
    def generator_moved(self) -> bool:
        """Whether the generator has other weights than before."""
        return not _alike(self.generator, self.generator_after)


@exercise
def clipping(my_clipping: Callable) -> Result:
    """Check `my_clipping(critic, generator, limit)`: it changes the critic's weights in place."""
    critic, generator = _network(1), _network(2)
    before = _weights(critic), _weights(generator)
    found = outcome("clipping", lambda: _called(my_clipping, critic, generator))
    if isinstance(found, Result):
        return found
    seen = Seen(before[0], _weights(critic), before[1], _weights(generator))
    return recognise("clipping", seen, MISTAKES, "The critic is clipped, and nothing else.")


def _called(my_clipping, *networks):
    """Return 0 where nothing is returned, as the weights are changed in place."""
    value = my_clipping(*networks, LIMIT)
    return 0 if value is None else value


def _network(seed):
    rng = np.random.default_rng(seed)
    network = keras.Sequential([keras.Input((4,)), layers.Dense(5), layers.Dense(1)])
    network.set_weights([rng.normal(0, 1, w.shape) for w in network.get_weights()])
    network.may_change = True  # also by an answer that runs elsewhere
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
        lambda seen: seen.only_in(_clipped, range(1)),
    ),
    Mistake(
        "clipping_of_the_first_layer",
        "Only the first layer is clipped: go through all of them.",
        lambda seen: seen.only_in(_clipped, range(2)),
    ),
    Mistake(
        "clipping_of_the_last_weight",
        "Only the last weight is clipped: stands `assign` inside the loop?",
        lambda seen: seen.only_in(_clipped, range(3, 4)),
    ),
    Mistake(
        "clipping_of_the_last_layer",
        "Only the last layer is clipped: go through all of them.",
        lambda seen: seen.only_in(_clipped, range(2, 4)),
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
        "clipping_not_finite",
        "Weights of the critic are NaN or infinite now.",
        lambda seen: not all(np.isfinite(w).all() for w in seen.critic_after),
    ),
    Mistake(
        "clipping_to_another_limit",
        "The critic is clipped to [-{seen}, {seen}], but the limit is 0.5: use the argument.",
        lambda seen: seen.other_limit,
    ),
    Mistake(
        "clipping_to_one_value",
        "All weights are one number now. The lower end, -limit, comes first, then limit.",
        lambda seen: np.ptp(np.concatenate([w.ravel() for w in seen.critic_after])) == 0,
    ),
    Mistake(
        "clipping_of_sizes",
        "The weights have lost their signs: clip to [-limit, limit], without abs.",
        lambda seen: seen.critic_is(lambda w: np.minimum(np.abs(w), LIMIT)),
    ),
    Mistake(
        "clipping_subtracted",
        "The clipped weights are subtracted from the weights: assign them.",
        lambda seen: seen.critic_is(lambda w: w - _clipped(w)),
    ),
    Mistake(
        "clipping_added",
        "The clipped weights are added to the weights: assign them.",
        lambda seen: seen.critic_is(lambda w: w + _clipped(w)),
    ),
    Mistake(
        "clipping_by_multiplying",
        "The weights are multiplied by the limit: those within it stay as they are.",
        lambda seen: seen.critic_is(lambda w: w * LIMIT),
    ),
    Mistake(
        "clipping_by_tanh",
        "A tanh squeezes all weights: those within the limit stay as they are.",
        lambda seen: any(seen.critic_is(lambda w, c=c: LIMIT * np.tanh(w / c)) for c in (1, LIMIT)),
    ),
    Mistake(
        "clipping_of_the_other_network",
        "The critic has the generator's weights now: clip its own.",
        lambda seen: _alike([_clipped(w) for w in seen.generator], seen.critic_after),
    ),
    Mistake(
        "clipping_otherwise",
        "The weights of the critic are not the former ones, clipped to [-limit, limit].",
        lambda seen: not _is_clipped(seen),
    ),
]
