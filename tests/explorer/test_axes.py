"""More than two dimensions on the explorer's page: their sliders, and the choice of axes."""

import numpy as np
import pytest

from tests.helpers.explorer_models import assert_same_image, decoded
from tests.helpers.explorer_pages import opener as opener
from tests.helpers.explorer_pages import window as window

pytestmark = pytest.mark.browser


def test_each_dimension_has_a_slider_of_its_own(open_explorer):
    explorer = open_explorer("six")
    sliders = explorer.page.locator(".sliders input")
    assert sliders.count() == 6
    expected = explorer.z
    for i, value in enumerate((1.25, -2, 0.3, 3.1, -0.75, 2)):
        sliders.nth(i).fill(str(value))
        expected[i] = value
        np.testing.assert_allclose(explorer.z, expected, atol=1e-9)
        assert_same_image(explorer.image(), decoded(explorer.shown.decoders[0], expected))
        assert explorer.cursor() == pytest.approx(explorer.plane.project(expected), abs=0.03)
    explorer.press("r")
    np.testing.assert_allclose([float(s.input_value()) for s in sliders.all()], explorer.z)


def test_the_chosen_axes_are_shown(open_explorer):
    explorer = open_explorer("six")
    across = explorer.page.get_by_label("Axis across")
    up = explorer.page.get_by_label("Axis upwards")
    assert across.input_value() == "plane"
    assert up.is_disabled()
    for i, j in ((2, 1), (2, 4), (5, 0)):
        across.select_option(f"z{i}")
        up.select_option(f"z{j}")
        look_along(explorer, i, j)
        before = explorer.z
        z = explorer.hover(1.1, -0.9)
        assert z[[i, j]] == pytest.approx((1.1, -0.9), abs=0.03)
        others = [k for k in range(6) if k not in (i, j)]
        np.testing.assert_allclose(z[others], before[others], atol=0.0051)
        assert {f"z{i} (\u03c3) \u2192", f"\u2191 z{j} (\u03c3)"} <= set(explorer.written())
        explorer.press("Shift+ArrowUp")
        assert explorer.z[j] == pytest.approx(z[j] + 0.5, abs=0.0051)
    up.select_option("z5")  # the two axes differ
    assert (across.input_value(), up.input_value()) == ("5", "0")
    across.select_option("PCA")
    assert {"PC 1 (\u03c3) \u2192", "\u2191 PC 2 (\u03c3)"} <= set(explorer.written())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("six", ["PC 1 PC 2", "z0 z1", "z2 z3", "z4 z5", "PC 1 PC 2"]),
        ("three", ["PC 1 PC 2", "z0 z1", "z1 z2", "PC 1 PC 2"]),  # every dimension is shown
    ],
)
def test_key_a_cycles_through_all_dimensions(open_explorer, name, expected):
    explorer = open_explorer(name)
    seen = []
    for _ in expected:
        names = {
            text.strip("\u2191\u2192 ").removesuffix(" (\u03c3)") for text in explorer.written()
        }
        seen.append(" ".join(sorted(name for name in names if name[:1] in "zP")))
        explorer.press("a")
    assert seen == expected


def test_codes_are_marked_along_the_chosen_axes(open_explorer):
    explorer = open_explorer("six")
    [codes], labels = explorer.shown.codes, explorer.shown.dataset.y_test
    explorer.press("a", "a")
    look_along(explorer, 2, 3)
    for k in range(3):
        middle = codes[labels == k][:, [2, 3]].mean(axis=0)
        assert explorer.middle(explorer.marks(k)) == pytest.approx(middle, abs=0.25)
    index = int(np.abs(codes[:, [2, 3]]).sum(axis=1).argmax())
    explorer.click(*codes[index, [2, 3]])
    np.testing.assert_allclose(explorer.z, codes[index], atol=0.0051)


def look_along(explorer, i, j):
    """Set the view that the explorer is expected to show along two dimensions."""
    codes = explorer.shown.codes[0][:, [i, j]]
    far = 1.05 * np.sort(np.abs(codes).max(axis=1))[int(0.995 * (len(codes) - 1))]
    explorer.view = 0, 0, max(3.4, far)
