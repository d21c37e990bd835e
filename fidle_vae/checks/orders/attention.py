"""The check of attention: each place takes a mean of what stands at those that it looks at."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose_either, exercise, from_arguments

SIZES = ((5, 4, 3), (4, 2, 4))  # places, numbers of a query, numbers of a value


@exercise
@from_arguments
def attention(my_attention: Callable) -> Result:
    """Check `my_attention(queries, keys, values)`: softmax(q k / sqrt(d)) v, for each place."""
    rng = np.random.default_rng(83)
    cases = [
        {
            name: rng.normal(0.2, 1, size=(n, size)).astype("float32")
            for name, size in (("queries", d), ("keys", d), ("values", m))
        }
        for n, d, m in SIZES
    ]
    return diagnose_either("attention", my_attention, cases, [_attention], MISTAKES, _place)


def _place(case, index):
    i = index[0] if index else 0
    numbers = ", ".join(f"{each:.2g}" for each in case["queries"][i])
    return f"place {i}, whose query is [{numbers}]"


def _scores(queries, keys):
    return queries @ keys.T / np.sqrt(queries.shape[1])


def _softmax(scores, axis=1):
    shares = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return shares / shares.sum(axis=axis, keepdims=True)


def _attention(queries, keys, values):
    return _softmax(_scores(queries, keys)) @ values


def _by(shares):
    """Return the values that each place gets by shares, a function of scores."""
    return lambda queries, keys, values: shares(_scores(queries, keys)) @ values


def _scaled(scale):
    """Return the formula with the scores multiplied by a function of d."""
    return lambda queries, keys, values: (
        _softmax(queries @ keys.T * scale(queries.shape[1])) @ values
    )


MISTAKES = [
    Mistake(
        "attention_wrong_axis",
        "The shares add up to 1 over the places that look, axis=0: those of one place add up to 1 "
        "over the places that it looks at, axis=1.",
        _by(lambda scores: _softmax(scores, 0)),
    ),
    Mistake(
        "attention_one_softmax",
        "All shares of the whole table add up to 1: those of each row must, axis=1.",
        _by(lambda scores: _softmax(scores.reshape(1, -1)).reshape(scores.shape)),
    ),
    Mistake(
        "attention_not_divided",
        "The products are not divided by the root of d: with long queries, nearly all would go to "
        "one place.",
        _scaled(lambda d: 1),
    ),
    Mistake(
        "attention_divided_by_d",
        "The products are divided by d: divide by its root.",
        _scaled(lambda d: 1 / d),
    ),
    Mistake(
        "attention_multiplied",
        "The products are multiplied by the root of d: divide by it.",
        _scaled(np.sqrt),
    ),
    Mistake(
        "attention_root_of_places",
        "The products are divided by the root of the number of places: d is how many numbers a "
        "query has.",
        lambda queries, keys, values: _softmax(queries @ keys.T / np.sqrt(len(queries))) @ values,
    ),
    Mistake(
        "attention_no_softmax",
        "The products themselves weight the values: take their softmax, so that they are shares.",
        _by(lambda scores: scores),
    ),
    Mistake(
        "attention_no_exponential",
        "The products are divided by their sum, which may be near 0, or negative: take np.exp of "
        "them first.",
        _by(lambda scores: scores / scores.sum(axis=1, keepdims=True)),
    ),
    Mistake(
        "attention_not_normalized",
        "The exponentials are not divided by their sum: the shares must add up to 1.",
        _by(np.exp),
    ),
    Mistake(
        "attention_roles_exchanged",
        "Keys and queries are exchanged: row i must have the query of place i.",
        lambda queries, keys, values: _attention(keys, queries, values),
    ),
    Mistake(
        "attention_keys_alone",
        "The queries are compared with each other: compare them with the keys.",
        lambda queries, keys, values: _attention(queries, queries, values),
    ),
    Mistake(
        "attention_shares_only",
        "These are the shares, how much each place looks at each other: weight the values by them.",
        lambda queries, keys, values: _softmax(_scores(queries, keys)),
    ),
    Mistake(
        "attention_equal_shares",
        "Each place gets the mean of all values, as if it looked at all of them alike.",
        _by(lambda scores: np.full(scores.shape, 1 / len(scores))),
    ),
    Mistake(
        "attention_turned",
        "The shares are turned: place i must get what it looks at, not what looks at it.",
        lambda queries, keys, values: _softmax(_scores(queries, keys)).T @ values,
    ),
    Mistake(
        "attention_largest",
        "Each place takes the value of the one place with the largest product: that has no slope. "
        "Take the mean with the shares of a softmax.",
        lambda queries, keys, values: values[_scores(queries, keys).argmax(axis=1)],
    ),
    Mistake(
        "attention_sums_in_a_row",
        "The sums of the rows divide the columns: keep them as a column, keepdims=True, so that "
        "each row is divided by its own sum.",
        _by(lambda scores: np.exp(scores) / np.exp(scores).sum(axis=1)),
    ),
    Mistake(
        "attention_divided_after",
        "The root of d divides after the softmax, so that the shares do not add up to 1: divide "
        "the products first.",
        lambda queries, keys, values: (
            _softmax(queries @ keys.T) @ values / np.sqrt(queries.shape[1])
        ),
    ),
    Mistake(
        "attention_mean",
        "The weighted values are divided by the number of places as well: the shares add up to 1 "
        "already, so take the sum.",
        _by(lambda scores: _softmax(scores) / len(scores)),
    ),
    Mistake(
        "attention_sigmoid",
        "The weights are sigmoids, which do not add up to 1: take a softmax of each row.",
        _by(lambda scores: 1 / (1 + np.exp(-scores))),
    ),
    Mistake(
        "attention_negative",
        "The products have the wrong sign: a place looks most at keys that are unlike its query.",
        _by(lambda scores: _softmax(-scores)),
    ),
    Mistake(
        "attention_root_of_values",
        "The products are divided by the root of how many numbers a value has: d is how many a "
        "query has.",
        lambda queries, keys, values: (
            _softmax(queries @ keys.T / np.sqrt(values.shape[1])) @ values
        ),
    ),
    Mistake(
        "attention_scores_only",
        "These are the products, divided by the root of d: take the softmax of each row, and "
        "weight the values by it.",
        lambda queries, keys, values: _scores(queries, keys),
    ),
    Mistake(
        "attention_of_keys",
        "The shares weight the keys: what a place gets are values.",
        lambda queries, keys, values: _softmax(_scores(queries, keys)) @ keys,
    ),
    Mistake(
        "attention_of_queries",
        "The shares weight the queries: what a place gets are values.",
        lambda queries, keys, values: _softmax(_scores(queries, keys)) @ queries,
    ),
    Mistake(
        "attention_added",
        "The values of the place itself are added, too: here, attention alone is asked.",
        lambda queries, keys, values: values + _attention(queries, keys, values),
    ),
]
