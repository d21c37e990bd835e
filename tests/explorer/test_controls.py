"""Every key and button of the explorer's page, by its visible effect."""

import numpy as np
import pytest
from scipy import stats

from tests.helpers.explorer_models import CLASSES, assert_same_image, decoded
from tests.helpers.explorer_pages import opener as opener
from tests.helpers.explorer_pages import until
from tests.helpers.explorer_pages import window as window

pytestmark = pytest.mark.browser


def assert_shows(explorer, z):
    """Assert that the written place, the image and the cursor are those of z."""
    np.testing.assert_allclose(explorer.z, z, atol=0.0051)
    assert_same_image(explorer.image(), decoded(explorer.shown.decoders[0], z))
    assert explorer.cursor() == pytest.approx(explorer.plane.project(z), abs=0.02)


def test_arrows_move_the_point_by_a_twentieth_of_a_sigma_and_with_shift_by_half(open_explorer):
    explorer = open_explorer("bare")
    moves = {
        "ArrowRight": (0.05, 0), "ArrowUp": (0, 0.05), "ArrowLeft": (-0.05, 0),
        "ArrowDown": (0, -0.05), "Shift+ArrowRight": (0.5, 0), "Shift+ArrowUp": (0, 0.5),
        "Shift+ArrowLeft": (-0.5, 0), "Shift+ArrowDown": (0, -0.5),
    }  # fmt: skip
    for key, move in moves.items():
        before = explorer.z
        explorer.press(key, key)
        np.testing.assert_allclose(explorer.z, before + 2 * np.array(move), atol=1e-9)
    explorer.press("Shift+ArrowRight", "ArrowUp", "ArrowUp")
    assert_shows(explorer, [0.5, 0.1])


def test_on_a_line_only_left_and_right_move_the_point(open_explorer):
    explorer = open_explorer("line")
    explorer.press("ArrowUp", "Shift+ArrowDown", "Shift+ArrowRight", "ArrowLeft")
    assert explorer.z == pytest.approx(0.45)


def test_each_draw_is_another_point_of_the_prior(open_explorer):
    explorer = open_explorer("bare")
    drawn = []
    for i in range(36):
        explorer.press("r") if i < 30 else explorer.button("Draw z from the prior").click()
        drawn.append(explorer.z)
    assert len({tuple(z) for z in drawn}) == 36
    assert 1e-6 < stats.chi2(72).cdf(np.square(drawn).sum()) < 1 - 1e-6
    assert_same_image(explorer.image(), decoded(explorer.shown.decoders[0], explorer.z))


@pytest.mark.parametrize("name", ["grey", "six", "half bare", "two", "no labels"])
def test_n_goes_to_the_nearest_code_and_shows_its_original(open_explorer, name):
    explorer = open_explorer(name)
    dataset = explorer.shown.dataset
    codes = next(codes for codes in explorer.shown.codes if codes is not None)
    at = explorer.z + np.array([1, 0.5]) @ explorer.plane.axes  # in six dimensions off the plane
    explorer.press("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowUp", "n")
    index = int(np.linalg.norm(codes - at, axis=1).argmin())
    np.testing.assert_allclose(explorer.z, codes[index], atol=0.0051)
    label = "" if dataset.y_test is None else f"{CLASSES[dataset.y_test[index]]}: "
    pairs = explorer.page.locator(".pair")
    for panel, z in enumerate(explorer.shown.codes):
        assert pairs.nth(panel).is_visible() == (z is not None)
        if z is None:
            continue
        caption = pairs.nth(panel).locator("figcaption")
        assert caption.inner_text() == f"{label}held-out image {index}"
        explorer.wait_for_original(index, panel)
        reconstruction = explorer.pixels(".pair > :nth-child(2) canvas", panel)[..., :3]
        assert_same_image(reconstruction, decoded(explorer.shown.decoders[panel], z[index]))


def test_n_skips_hidden_classes(open_explorer):
    explorer = open_explorer("grey")
    [codes], labels = explorer.shown.codes, explorer.shown.dataset.y_test
    nearest = np.linalg.norm(codes, axis=1).argsort()
    hidden = labels[nearest[0]]
    explorer.button(CLASSES[hidden]).click()
    explorer.press("n")
    expected = next(i for i in nearest if labels[i] != hidden)
    np.testing.assert_allclose(explorer.z, codes[expected], atol=0.0051)


def test_codes_are_shown_as_points_as_a_density_or_not_at_all(open_explorer):
    explorer = open_explorer("grey")
    pressed = explorer.page.locator(".codes [value]")

    def state():
        plane = explorer.pixels(".plane canvas:first-child")
        coloured = np.ptp(plane[..., :3], axis=-1) > 60  # not the colour of axes and prior
        on = pressed.evaluate_all(
            "(all) => all.filter((each) => each.ariaPressed === 'true').map((each) => each.value)"
        )
        return on, coloured.sum(), explorer.marks(0).sum()

    steps = [state()]
    for _ in range(3):
        explorer.press("c")
        steps.append(state())
    assert [on for on, _, _ in steps] == [["scatter"], ["density"], ["none"], ["scatter"]]
    points, density, none, again = steps
    assert points == again
    assert none[1:] == (0, 0)
    assert density[1] > 2 * points[1]
    assert points[2] > 500
    for name, value in (("Density", density), ("None", none), ("Points", points)):
        explorer.button(name).click()
        assert state() == value


def test_the_density_of_a_class_is_where_its_codes_are(open_explorer):
    explorer = open_explorer("grey")
    [codes], labels = explorer.shown.codes, explorer.shown.dataset.y_test
    x, y, half = explorer.view
    explorer.press("c")
    for k in range(3):
        others = [name for name in CLASSES if name != CLASSES[k]]
        for name in others:
            explorer.button(name).click()
        assert explorer.marks(k).sum() > 5000
        assert all(explorer.marks(other).sum() < 50 for other in range(3) if other != k)
        opacity = explorer.pixels(".plane canvas:first-child")[..., 3]
        at = np.linspace(0.1, 0.9, 30)  # except for the letters at the sides
        seen = opacity[np.ix_(*[(at * len(opacity)).astype(int)] * 2)]
        across, up = np.meshgrid(x - half + 2 * half * at, y + half - 2 * half * at)
        dx, dy = (
            np.subtract.outer(place, z)
            for place, z in zip((across, up), codes[labels == k].T, strict=True)
        )
        blurred = np.exp(-(dx**2 + dy**2) / (2 * 0.15**2)).sum(axis=-1)
        assert np.corrcoef(seen.ravel(), blurred.ravel() ** 0.6)[0, 1] > 0.75
        for name in others:
            explorer.button(name).click()


def test_a_button_hides_the_marks_of_its_class_and_shows_them_again(open_explorer):
    explorer = open_explorer("two")
    before = [[explorer.marks(k, panel).sum() for k in range(3)] for panel in (0, 1)]
    assert np.min(before) > 300
    for k, name in enumerate(CLASSES):
        button = explorer.button(name)
        assert button.get_attribute("aria-pressed") == "true"
        button.click()
        assert button.get_attribute("aria-pressed") == "false"
        for panel in (0, 1):
            now = [explorer.marks(j, panel).sum() for j in range(3)]
            assert now[k] < 0.03 * before[panel][k]
            assert all(now[j] >= before[panel][j] for j in range(3) if j != k)
        button.click()
        assert explorer.marks(k).sum() == before[0][k]


@pytest.mark.parametrize("keys", [("+", "-", "0"), ("Zoom in", "Zoom out", "See the whole plane")])
def test_zooming_goes_by_steps_around_the_point_and_back_to_the_whole(open_explorer, keys):
    explorer = open_explorer("bare")
    explorer.press("Shift+ArrowRight", "Shift+ArrowUp")

    def do(key):
        explorer.press(key) if len(key) == 1 else explorer.button(key).click()

    for key, half in ((keys[0], 3.4 / 1.3), (keys[1], 3.4), (keys[1], 3.4 * 1.3)):
        do(key)
        share = half / 3.4
        explorer.view = 0.5 - 0.5 * share, 0.5 - 0.5 * share, half
        assert explorer.cursor() == pytest.approx((0.5, 0.5), abs=0.02)
        z = explorer.hover(-0.8, 1.4)
        assert z == pytest.approx((-0.8, 1.4), abs=0.03)
        explorer.hover(0.5, 0.5)
        np.testing.assert_allclose(explorer.z, 0.5, atol=0.02)
    do(keys[2])
    explorer.view = 0, 0, 3.4
    assert explorer.hover(-0.8, 1.4) == pytest.approx((-0.8, 1.4), abs=0.03)


@pytest.mark.parametrize("key", ["t", "Theme"])
def test_the_theme_changes_the_colours(open_explorer, key):
    explorer = open_explorer("grey")
    main = explorer.page.locator("main")

    def colours():
        return main.evaluate("(main) => [getComputedStyle(main).backgroundColor,"
                             " getComputedStyle(main).color]")  # fmt: skip

    light, marks = colours(), explorer.marks(0).sum()
    explorer.press("t") if key == "t" else explorer.button(key).click()
    assert main.get_attribute("data-theme") == "dark"
    assert colours() != light
    assert explorer.marks(0).sum() < 0.1 * marks  # lighter on a dark page
    explorer.press("t") if key == "t" else explorer.button(key).click()
    assert main.get_attribute("data-theme") == "light"
    assert (colours(), explorer.marks(0).sum()) == (light, marks)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_is_that_of_the_system(open_explorer, scheme):
    explorer = open_explorer("bare", color_scheme=scheme)
    assert explorer.page.locator("main").get_attribute("data-theme") == scheme
    ground = explorer.page.locator("main").evaluate("(main) => getComputedStyle(main).background")
    dark = sum(map(int, ground[4:].split(")")[0].split(","))) < 128
    assert dark == (scheme == "dark")


@pytest.mark.parametrize("key", ["f", "Present"])
def test_presenting_fills_the_screen_and_ends(open_explorer, key):
    explorer = open_explorer("grey")
    main = explorer.page.locator("main.present")
    is_full = "document.fullscreenElement !== null"
    explorer.press("f") if key == "f" else explorer.button(key).click()
    explorer.wait_for(is_full)
    assert main.count() == 1
    assert explorer.button("Present").get_attribute("aria-pressed") == "true"
    explorer.press("f") if key == "f" else explorer.button(key).click()
    explorer.wait_for(f"!({is_full})")
    assert main.count() == 0
    assert explorer.button("Present").get_attribute("aria-pressed") == "false"


def test_leaving_full_screen_in_the_browser_ends_the_presentation(open_explorer):
    explorer = open_explorer("grey")
    explorer.press("f")
    explorer.wait_for("document.fullscreenElement !== null")
    explorer.page.evaluate("document.exitFullscreen()")
    until(lambda: explorer.page.locator("main.present").count() == 0)


def test_help_opens_above_everything_and_closes(open_explorer):
    explorer = open_explorer("grey")
    dialog = explorer.page.get_by_role("dialog")
    assert not dialog.is_visible()
    explorer.press("?")
    assert dialog.is_visible()
    explorer.press("r", "ArrowRight", "t")  # keys that do nothing meanwhile
    assert explorer.z.tolist() == [0, 0]
    assert explorer.page.locator("main").get_attribute("data-theme") == "light"
    explorer.press("Escape")
    assert not dialog.is_visible()
    explorer.press("?", "?")
    assert not dialog.is_visible()
    explorer.button("? Help").click()
    assert dialog.is_visible()
    explorer.button("Close").click()
    assert not dialog.is_visible()
    explorer.button("? Help").click()
    explorer.page.mouse.click(5, 5)
    assert not dialog.is_visible()


def test_the_help_begins_at_its_top_on_a_phone(open_explorer):
    explorer = open_explorer("bare")
    explorer.page.set_viewport_size({"width": 390, "height": 600})
    explorer.press("?")
    dialog = explorer.page.get_by_role("dialog")
    assert dialog.evaluate("(dialog) => dialog.scrollHeight > dialog.clientHeight")
    assert dialog.evaluate("(dialog) => dialog.scrollTop") == 0


def test_the_help_names_every_key(open_explorer):
    explorer = open_explorer("bare")
    explorer.press("?")
    keys = explorer.page.locator("kbd").all_inner_texts()
    named = "".join(keys).replace("Enter", "").replace("Space", "").replace(" ", "")
    assert sorted(named) == sorted("\u2190\u2192\u2191\u2193rn[],.gxdc+\u22120aktf?")
    assert {"Enter", "Space"} <= set(keys)


def test_keys_with_ctrl_alt_or_meta_are_left_to_the_browser(open_explorer):
    explorer = open_explorer("bare")
    explorer.press("Control+ArrowRight", "Alt+ArrowUp", "Meta+ArrowUp")
    assert explorer.z.tolist() == [0, 0]
