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

    assert check.grid(my_grid_for).mistake == "grid_even_in_z"
    assert seen == [12, 7]


@pytest.mark.parametrize(
    ("grid", "as_pictured"),
    [
        (my_grid, True),
        (my_grid(9), True),
        (lambda n: my_grid(n)[::-1], False),
        (lambda n: my_grid(n)[:, ::-1], False),
        (lambda n: np.stack(np.meshgrid(*2 * [ppf(0.05, 0.95, n)], indexing="ij"), -1), False),
    ],
)
def test_a_grid_that_is_no_picture_of_the_plane_is_right_with_a_remark(grid, as_pictured):
    found = check.grid(grid)
    assert found.ok
    assert ("first row is its top" in found.message) != as_pictured


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
