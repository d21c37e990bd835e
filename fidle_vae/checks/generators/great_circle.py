"""The check of a walk along a great circle."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import Mistake, Result, diagnose, exercise, from_arguments


@exercise
@from_arguments
def great_circle(my_great_circle: Callable) -> Result:
    """Check `my_great_circle(a, b, t)`: the point at the share t of the arc from a to b.

    Both points have the same distance from 0.
    """
    rng = np.random.default_rng(64)
    cases = []
    for d, radius, t in ((4, 2.0, 0.25), (5, 1.7, 0.5), (3, 3.0, 0.9), (4, 2.4, 0.4)):
        ends = rng.normal(size=(2, d))
        ends *= radius / np.linalg.norm(ends, axis=1, keepdims=True)
        cases.append({"a": ends[0], "b": ends[1], "t": t})
    return diagnose(
        "great_circle", my_great_circle, cases, [_walk], MISTAKES, _angle_of, arrays=True
    )


def _angle(a, b):
    return np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def _angle_of(case, index):
    degrees = np.degrees(_angle(case["a"], case["b"]))
    place = f", number {index[0]}" if index else ""
    return f"two points {degrees:.0f}° apart, t = {case['t']}{place}"


def _by(angle_of=_angle, left=None, right=None, divide=np.sin):
    """Return the formula of a walk by its angle, its two weights and what divides them."""
    left = left or (lambda t, angle: np.sin((1 - t) * angle))
    right = right or (lambda t, angle: np.sin(t * angle))

    def walk(a, b, t):
        angle = angle_of(a, b)
        return (left(t, angle) * a + right(t, angle) * b) / divide(angle)

    return walk


_walk = _by()


def _line(a, b, t):
    return (1 - t) * a + t * b


def _onto(length, point):
    return length * point / np.linalg.norm(point)


MISTAKES = [
    Mistake(
        "great_circle_line",
        "This is the straight line, which leaves the shell on its way: weigh both ends by sines of "
        "the angle.",
        _line,
    ),
    Mistake(
        "great_circle_line_backwards",
        "This is the straight line, and it begins at b.",
        lambda a, b, t: _line(b, a, t),
    ),
    Mistake(
        "great_circle_pushed_out",
        "This is the straight line, pushed out to the shell. The way is right, but it is walked at "
        "an uneven speed, fastest in the middle: weigh both ends by sines of the angle.",
        lambda a, b, t: _onto(np.linalg.norm(a), _line(a, b, t)),
    ),
    Mistake(
        "great_circle_backwards",
        "It begins at b and ends at a: t = 0 is a.",
        lambda a, b, t: _walk(b, a, t),
    ),
    Mistake(
        "great_circle_not_divided",
        "The two weights are not divided by the sine of the angle, so that neither end is reached.",
        _by(divide=lambda angle: 1),
    ),
    Mistake(
        "great_circle_divided_by_angle",
        "The two weights are divided by the angle itself: divide by its sine.",
        _by(divide=lambda angle: angle),
    ),
    Mistake(
        "great_circle_cosines",
        "The weights are cosines: take sines, so that b has the weight 0 at t = 0.",
        _by(left=lambda t, o: np.cos((1 - t) * o), right=lambda t, o: np.cos(t * o)),
    ),
    Mistake(
        "great_circle_sine_outside",
        "The weights are (1 - t) sin and t sin of the angle, which is a straight line again: t "
        "belongs inside the sine.",
        _by(left=lambda t, o: (1 - t) * np.sin(o), right=lambda t, o: t * np.sin(o), divide=abs),
    ),
    Mistake(
        "great_circle_quarter",
        "The ends are weighed as if they were at a right angle, cos and sin of t times 90°: take "
        "the angle between a and b.",
        lambda a, b, t: np.cos(t * np.pi / 2) * a + np.sin(t * np.pi / 2) * b,
    ),
    Mistake(
        "great_circle_degrees",
        "The angle is in degrees, and NumPy's sine takes radians.",
        _by(lambda a, b: np.degrees(_angle(a, b))),
    ),
    Mistake(
        "great_circle_lengths_left_out",
        "The scalar product is not divided by both lengths (x / y * z multiplies by z), so that it "
        "is no cosine, and its arccos no angle, or NaN.",
        _by(lambda a, b: np.arccos(a @ b)),
    ),
    Mistake(
        "great_circle_lengths_clipped",
        "The scalar product is cut to [-1, 1], but it is no cosine: divide it by both lengths.",
        _by(lambda a, b: np.arccos(np.clip(a @ b, -1, 1)), divide=lambda o: np.sin(o) or np.nan),
    ),
    Mistake(
        "great_circle_one_length_left_out",
        "The scalar product is divided by one length only: a cosine needs both.",
        _by(lambda a, b: np.arccos(a @ b / np.linalg.norm(a))),
    ),
    Mistake(
        "great_circle_no_arccos",
        "The cosine is used as the angle: take its arccos.",
        _by(lambda a, b: np.cos(_angle(a, b))),
    ),
    Mistake(
        "great_circle_unit",
        "The point lies at the distance 1 from 0, where no draws are: leave a and b as long as "
        "they are.",
        lambda a, b, t: _onto(1, _walk(a, b, t)),
    ),
    Mistake(
        "great_circle_root_d",
        "The point is pushed to the distance sqrt(d): leave a and b as long as they are.",
        lambda a, b, t: _onto(np.sqrt(len(a)), _walk(a, b, t)),
    ),
    Mistake(
        "great_circle_long_way",
        "It goes the long way round, through the other side of the circle.",
        _by(lambda a, b: _angle(a, b) - 2 * np.pi),
    ),
    Mistake(
        "great_circle_b_divided_only",
        "Only the part of b is divided by the sine of the angle: brackets go around the whole sum.",
        _by(left=lambda t, o: np.sin((1 - t) * o) * np.sin(o)),
    ),
    Mistake(
        "great_circle_a_divided_only",
        "Only the part of a is divided by the sine of the angle: so is that of b.",
        _by(right=lambda t, o: np.sin(t * o) * np.sin(o)),
    ),
    Mistake(
        "great_circle_brackets",
        "The weight of a is the sine of 1 - t * angle: brackets go around 1 - t.",
        _by(left=lambda t, o: np.sin(1 - t * o)),
    ),
    Mistake(
        "great_circle_without_angle",
        "The weights are sines of 1 - t and t: multiply each by the angle first.",
        _by(left=lambda t, o: np.sin(1 - t), right=lambda t, o: np.sin(t)),
    ),
    Mistake(
        "great_circle_same_weight",
        "Both ends have the weight sin(t ω): that of a has 1 - t in place of t.",
        _by(left=lambda t, o: np.sin(t * o)),
    ),
    Mistake(
        "great_circle_subtracted",
        "The part of b is subtracted: add it.",
        _by(right=lambda t, o: -np.sin(t * o)),
    ),
    Mistake(
        "great_circle_arcsin",
        "The angle is the arcsin of the cosine: take its arccos.",
        _by(lambda a, b: np.pi / 2 - _angle(a, b)),
    ),
    Mistake(
        "great_circle_squared_lengths",
        "The scalar product is divided by the squares of both lengths: divide it by each once.",
        _by(lambda a, b: np.arccos(a @ b / (a @ a) / (b @ b))),
    ),
    Mistake(
        "great_circle_products",
        "a * b gives a product for each coordinate, and so an angle for each: a @ b adds them up.",
        _by(lambda a, b: np.arccos(a * b / np.linalg.norm(a) / np.linalg.norm(b))),
    ),
]
