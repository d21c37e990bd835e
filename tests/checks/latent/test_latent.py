"""What the checks of the latent space do beyond the planted mistakes."""

import numpy as np
import pytest

from fidle_vae import checks as check
from tests.checks.planted.paths import my_grid, ppf, product


def test_a_grid_is_asked_for_two_sides_and_both_must_be_right():
    seen = []

    def my_grid_for(n):
        seen.append(n)
        return my_grid(n) if n == 12 else product(np.linspace(-2, 2, n))

    found = check.grid(my_grid_for)
    assert found.mistake == "grid_even_in_z"
    assert found.message.startswith("For n = 12 it is right. For n = 7: ")
    assert seen == [12, 7]


@pytest.mark.parametrize(
    ("grid", "turned"),
    [
        (my_grid, ""),
        (my_grid(9), ""),
        (lambda n: my_grid(n)[::-1], "the second coordinate rises from row to row"),
        (lambda n: my_grid(n)[:, ::-1], "the first coordinate falls along a row"),
        (
            lambda n: my_grid(n)[..., ::-1],
            "the first coordinate falls from row to row, and the second coordinate rises along a "
            "row",
        ),
    ],
)
def test_a_grid_that_is_no_picture_of_the_plane_is_right_with_a_remark(grid, turned):
    found = check.grid(grid)
    assert found.ok
    assert ("first row is its top" in found.message) == bool(turned)
    assert turned in found.message


def test_a_grid_whose_first_place_is_not_the_middle_of_a_part_is_right_with_a_remark():
    middles, others = (
        check.grid(grid) for grid in (my_grid, lambda n: product(ppf(0.05, 0.95, n)))
    )
    assert (middles.ok, others.ok) == (True, True)
    assert "remark" not in middles.message
    assert others.message.endswith(
        "Another remark: your first place has 5.0% of the prior below it, and the middle of the "
        "first of 12 equal parts 4.2%. The middles are at (i + 0.5) / n."
    )


def test_how_to_keep_a_grid_finite_is_not_given_away():
    message = check.grid(product(ppf(0, 1, 5))).message
    assert "linspace" not in message
    assert message.endswith("Begin above 0 and end below 1, as far from 0 as from 1.")


def test_a_film_of_no_points_has_a_wrong_shape():
    assert check.film(lambda epoch: np.zeros((0, 2))).mistake == "film_shape"


def test_images_may_be_overwritten():
    def my_worst(vae, images):
        images *= 0
        return 0

    assert check.worst(my_worst).mistake == "worst_of_one_number"


@pytest.mark.core
def test_codes_are_passed_as_arrays():
    seen = []
    check.morph(lambda z_a, z_b, n: seen.extend([z_a, z_b]))
    assert [type(each) for each in seen] == 2 * [np.ndarray]
    assert check.morph(lambda z_a, z_b, n: np.linspace(z_a, z_b, n).copy()).ok
