"""The mouse and fingers on the explorer's page."""

import itertools

import numpy as np
import pytest

from tests.helpers.browser import watch
from tests.helpers.explorer_models import CLASSES, assert_same_image, decoded, shown
from tests.helpers.explorer_pages import NOTE_WHAT_IS_WRITTEN, Explorer, page_of, until
from tests.helpers.explorer_pages import opener as opener
from tests.helpers.explorer_pages import window as window

pytestmark = pytest.mark.browser


def lonely_code(explorer, panel=0):
    """Return the index and the place of a visible code that has no other code nearby."""
    points = explorer.plane.project(explorer.shown.codes[panel])
    apart = np.linalg.norm(points[:, None] - points, axis=-1) + 99 * np.eye(len(points))
    outside = np.abs(points - explorer.view[:2]).max(axis=1) > 0.8 * explorer.view[2]
    index = int(np.argmax(apart.min(axis=1) - 99 * outside))
    return index, points[index]


@pytest.mark.parametrize(("name", "panel"), [("grey", 0), ("colour", 0), ("two", 1), ("six", 0)])
def test_a_click_on_a_code_shows_its_original_beside_its_reconstruction(open_explorer, name, panel):
    explorer = open_explorer(name)
    index, at = lonely_code(explorer, panel)
    explorer.click(*at, panel=panel)
    np.testing.assert_allclose(explorer.z, explorer.shown.codes[panel][index], atol=0.0051)
    assert "A" in explorer.written(panel)
    for each, codes in enumerate(explorer.shown.codes):
        explorer.wait_for_original(index, each)
        pair = explorer.page.locator(".pair").nth(each)
        assert pair.is_visible()
        label = CLASSES[explorer.shown.dataset.y_test[index]]
        assert pair.locator("figcaption").inner_text() == f"{label}: held-out image {index}"
        seen = explorer.pixels(".pair > :nth-child(2) canvas", each)[..., :3]
        assert_same_image(seen, decoded(explorer.shown.decoders[each], codes[index]))


def test_originals_of_all_rows_of_the_picture_are_found(open_explorer):
    explorer = open_explorer("grey")
    [codes] = explorer.shown.codes
    rows = set()
    for index in range(0, 120, 9):
        others = np.delete(codes, index, axis=0)
        if np.linalg.norm(others - codes[index], axis=1).min() < 0.12:
            continue
        if np.abs(codes[index]).max() > 3:
            continue
        explorer.click(*codes[index])
        explorer.wait_for_original(index)
        rows.add(index // 50)
    assert rows == {0, 1, 2}


def test_a_click_beside_the_codes_goes_to_the_clicked_place(open_explorer):
    explorer = open_explorer("grey")
    _, (x, y) = lonely_code(explorer)
    beside = x, y + 24 * explorer.view[2] / 235  # pixels
    explorer.click(*beside)
    np.testing.assert_allclose(explorer.z, beside, atol=0.03)
    assert not explorer.page.locator(".pair").is_visible()
    assert "A" in explorer.written()


@pytest.mark.parametrize("gone", ["the class", "the points"])
def test_a_hidden_code_cannot_be_clicked(open_explorer, gone):
    explorer = open_explorer("grey")
    index, at = lonely_code(explorer)
    if gone == "the class":
        explorer.button(CLASSES[explorer.shown.dataset.y_test[index]]).click()
    else:
        explorer.button("Density").click()
    explorer.click(*at)
    assert not explorer.page.locator(".pair").is_visible()
    np.testing.assert_allclose(explorer.z, at, atol=0.03)


def test_the_wheel_zooms_and_leaves_what_is_under_the_pointer(open_explorer):
    explorer = open_explorer("bare")
    for turn, grown in ((-100, np.exp(-0.15)), (100, 1), (100, np.exp(0.15))):
        z = explorer.hover(1.7, -0.9)
        explorer.page.mouse.wheel(0, turn)
        x, y = (at * (1 - grown) for at in z)
        explorer.view = x, y, 3.4 * grown
        until(lambda z=z: np.allclose(explorer.cursor(), z, atol=0.03))
        other = explorer.hover(-1, 1.5)
        assert other == pytest.approx((-1, 1.5), abs=0.03)


def test_the_plane_is_dragged_with_the_mouse(open_explorer):
    explorer = open_explorer("grey")
    mouse = explorer.page.mouse
    z = explorer.hover(0.5, 0.5)
    mouse.down()
    for at in ((0.2, 0.2), (-0.9, 1.1)):
        mouse.move(*explorer.place(at))
    mouse.up()
    assert "A" not in explorer.written()  # it was not a click
    x, y, half = explorer.view
    explorer.view = x + 1.4, y - 0.6, half
    assert explorer.cursor() == pytest.approx(z, abs=0.05)
    assert explorer.hover(1, -1) == pytest.approx((1, -1), abs=0.05)
    codes = explorer.shown.codes[0][explorer.shown.dataset.y_test == 0]
    seen = explorer.marks(0)
    inside = (np.abs(codes - explorer.view[:2]) < explorer.view[2] - 0.2).all(axis=1)
    assert explorer.middle(seen) == pytest.approx(codes[inside].mean(axis=0), abs=0.2)


def test_a_click_tolerates_a_trembling_hand(open_explorer):
    explorer = open_explorer("bare")
    x, y = explorer.place((1, 1))
    mouse = explorer.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 3, y - 3)
    mouse.up()
    assert explorer.written()["A"] == pytest.approx((1, 1), abs=0.1)


def test_the_right_button_sets_no_pin(open_explorer):
    explorer = open_explorer("bare")
    explorer.page.mouse.click(*explorer.place((1, 1)), button="right")
    assert "A" not in explorer.written()


def test_both_planes_follow_either_pointer(open_explorer):
    explorer = open_explorer("two")
    for panel in (0, 1):
        z = explorer.hover(0.5 + panel, -1.2, panel=panel)
        for each in (0, 1):
            assert explorer.cursor(each) == pytest.approx(z, abs=0.03)


class TestFingers:
    """A touch screen."""

    @pytest.fixture
    def explorer(self, browser, tmp_path):
        size = {"width": 800, "height": 900}
        context = browser.new_context(viewport=size, has_touch=True, offline=True)
        context.add_init_script(NOTE_WHAT_IS_WRITTEN)
        problems = watch(context)
        page = context.new_page()
        page.goto(page_of("bare", tmp_path))
        self.devtools = context.new_cdp_session(page)
        yield Explorer(page, shown("bare"))
        context.close()
        assert not problems, "\n".join(problems)

    def touch(self, kind, explorer, *places):
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(map(explorer.place, places))]
        self.devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def test_a_tap_sets_a_pin(self, explorer):
        explorer.page.touchscreen.tap(*explorer.place((1.2, -0.7)))
        explorer.wait_for("window.drawn !== null")
        assert explorer.written()["A"] == pytest.approx((1.2, -0.7), abs=0.05)
        explorer.page.touchscreen.tap(*explorer.place((-1, 1)))
        assert explorer.page.locator(".films").is_visible()
        assert explorer.z == pytest.approx((-1, 1), abs=0.05)

    def test_a_finger_moves_the_point_and_sets_no_pin(self, explorer):
        decoder = explorer.shown.decoders[0]
        self.touch("touchStart", explorer, (0, 0))
        for at in ((0.3, 0.5), (1, 1), (2, -1.5)):
            self.touch("touchMove", explorer, at)
            until(lambda at=at: np.allclose(explorer.z, at, atol=0.04))
            z = explorer.page.evaluate("window.drawn")
            assert_same_image(explorer.image(), decoded(decoder, z))
        self.touch("touchEnd", explorer)
        assert "A" not in explorer.written()
        assert explorer.z == pytest.approx((2, -1.5), abs=0.04)

    def test_two_resting_fingers_set_no_pin(self, explorer):
        self.touch("touchStart", explorer, (-0.5, 0))
        self.touch("touchStart", explorer, (-0.5, 0), (0.5, 0))
        self.touch("touchEnd", explorer, (-0.5, 0))
        self.touch("touchEnd", explorer)
        assert "A" not in explorer.written()

    def test_two_fingers_zoom_and_set_no_pin(self, explorer):
        explorer.page.locator(".plane").scroll_into_view_if_needed()
        before = explorer.written()["2\u03c3"]
        self.touch("touchStart", explorer, (-0.5, 0))
        self.touch("touchStart", explorer, (-0.5, 0), (0.5, 0))
        for wide in (0.6, 0.8, 1):
            self.touch("touchMove", explorer, (-wide, 0), (wide, 0))
        self.touch("touchEnd", explorer)
        assert "A" not in explorer.written()
        twice = 2 * np.array(before)  # twice as far from the middle
        until(lambda: np.allclose(explorer.written()["2\u03c3"], twice, rtol=0.15))
        assert explorer.z == pytest.approx((-0.5, 0), abs=0.05)  # where the first finger touched


def test_a_window_that_changes_its_size_changes_the_plane(open_explorer):
    explorer = open_explorer("bare")
    widths = []
    for size in ((1280, 720), (390, 844), (1920, 1080)):
        explorer.page.set_viewport_size({"width": size[0], "height": size[1]})
        explorer.page.evaluate("new Promise((resolve) => requestAnimationFrame(() => "
                               "requestAnimationFrame(resolve)))")  # fmt: skip
        widths.append(explorer.pixels(".plane canvas").shape[1])
        assert explorer.hover(1.2, 0.6) == pytest.approx((1.2, 0.6), abs=0.03)
        assert explorer.cursor() == pytest.approx((1.2, 0.6), abs=0.03)
        explorer.page.mouse.move(0, 0)
    assert all(abs(a - b) > 30 for a, b in itertools.pairwise(widths))
