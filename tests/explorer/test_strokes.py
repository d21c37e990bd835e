import numpy as np
import pytest

from tests.helpers.javascript import run_encoders

HOOK = [[[0.2, 0.1], [0.7, 0.15], [0.6, 0.9]], [[0.4, 0.5], [0.75, 0.5]]]


def ring(x, y, radius):
    angle = np.linspace(0, 2 * np.pi, 50)
    return np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1).tolist()


@pytest.fixture
def draw(tmp_path):
    """Return the images that the pad makes of drawings."""

    def draw(*drawings, shape=(28, 28, 1)):
        job = [{"strokes": strokes, "shape": shape} for strokes in drawings]
        images = run_encoders(tmp_path, drawings=job)["images"]
        return np.reshape(images, (-1, *shape[:2]))

    return draw


def extent(image):
    """Return how many rows and columns have more than half of the ink."""
    on = image > 0.5
    return tuple(np.ptp(np.flatnonzero(on.any(axis))) + 1 for axis in (1, 0))


def centre(image):
    return np.indices(image.shape).reshape(2, -1) @ image.ravel() / image.sum()


@pytest.mark.parametrize("strokes", [HOOK, [ring(0.3, 0.6, 0.2)], [[[0.5, 0.1], [0.5, 0.95]]]])
def test_a_drawing_has_its_centre_of_mass_in_the_middle_and_fits_into_20_pixels(draw, strokes):
    (image,) = draw(strokes)
    np.testing.assert_allclose(centre(image), 14, atol=0.03)
    assert 19 <= max(extent(image)) <= 20
    assert image.min() == 0
    assert image.max() == 1


def test_the_ratio_of_the_sides_is_kept(draw):
    (image,) = draw([[[0.1, 0.3], [0.9, 0.3], [0.9, 0.7], [0.1, 0.7], [0.1, 0.3]]])
    rows, columns = extent(image)
    pen = 2.6
    assert (rows - pen) / (columns - pen) == pytest.approx(0.5, abs=0.04)


def test_place_and_size_on_the_pad_do_not_matter(draw):
    changes = ((0, 1), (0.2, 0.5), (-0.1, 0.8))
    drawings = [
        [(shift + scale * np.array(stroke)).tolist() for stroke in HOOK] for shift, scale in changes
    ]
    first, *others = draw(*drawings)
    for image in others:
        np.testing.assert_allclose(image, first, atol=1e-4)


def test_a_dot_stays_small(draw):
    (image,) = draw([[[0.9, 0.1]]])
    assert max(extent(image)) <= 3
    np.testing.assert_allclose(centre(image), 14, atol=0.03)


def test_the_pen_is_as_thick_as_on_mnist(draw):
    (image,) = draw([[[0.3, 0.1], [0.7, 0.9]]])
    across = image[8:20].sum(axis=1) * 2 / 5**0.5  # at a right angle to the line
    assert across.mean() == pytest.approx(2.6, abs=0.02)


@pytest.mark.parametrize("shape", [(56, 56, 1), (14, 14, 1)])
def test_another_size_of_image_is_drawn_to_scale(draw, shape):
    (small,), (other,) = draw(HOOK), draw(HOOK, shape=shape)
    assert max(extent(other)) == pytest.approx(max(extent(small)) * shape[0] / 28, abs=1)
    assert other.mean() == pytest.approx(small.mean(), rel=0.03)
    np.testing.assert_allclose(centre(other), shape[0] / 2, atol=0.05)
