"""The path between two pins on the explorer's page: slider, strip, play."""

import numpy as np
import pytest

from fidle_vae.models.latent_space import morph_path
from tests.helpers.explorer_models import assert_same_image, decoded
from tests.helpers.explorer_pages import number
from tests.helpers.explorer_pages import opener as opener
from tests.helpers.explorer_pages import window as window

pytestmark = pytest.mark.browser

A, B, C = (1.5, 0), (0, -1.5), (-1, 1)
# the time, slider position and point at every frame, for `duration` milliseconds
WATCH = """(duration) => new Promise((resolve) => {
  const inside = document.querySelector("#explorer").shadowRoot;
  const seen = [];
  const look = (now) => {
    const slider = inside.querySelector(".bar input");
    seen.push([now, Number(slider.value), inside.querySelector(".z").textContent]);
    if (now < seen[0][0] + duration) requestAnimationFrame(look);
    else resolve(seen);
  };
  requestAnimationFrame(look);
})"""


def go_to(explorer, z):
    """Go to a point exactly, by keyboard steps."""
    for difference, keys in zip(
        np.subtract(z, explorer.z),
        (("ArrowLeft", "ArrowRight"), ("ArrowDown", "ArrowUp")),
        strict=True,
    ):
        explorer.press(*[f"Shift+{keys[int(difference > 0)]}"] * round(abs(difference) / 0.5))
    assert explorer.z.tolist() == list(z)


def pinned(open_explorer, name="bare", **media):
    explorer = open_explorer(name, **media)
    for z in (A, B):
        go_to(explorer, z)
        explorer.press("Enter")
    return explorer


def assert_strip_shows(explorer, a, b, kind="linear"):
    for panel, decoder in enumerate(explorer.shown.decoders):
        strip = explorer.strip(panel)
        assert len(strip) == 11
        for seen, z in zip(strip, morph_path(a, b, 11, kind), strict=True):
            assert_same_image(seen, decoded(decoder, z))


@pytest.mark.parametrize("name", ["bare", "grey", "two"])
def test_between_two_pins_a_strip_shows_eleven_images(open_explorer, name):
    explorer = open_explorer(name)
    bar, strips = explorer.page.locator(".bar"), explorer.page.locator(".films")
    go_to(explorer, A)
    assert not bar.is_visible()
    explorer.press("Enter")
    assert "One pin is set" in explorer.page.locator(".hint").inner_text()
    assert explorer.written()["A"] == pytest.approx(A, abs=0.03)
    assert not bar.is_visible()
    go_to(explorer, B)
    explorer.press("Enter")
    assert bar.is_visible()
    assert strips.is_visible()
    assert not explorer.page.locator(".hint").is_visible()
    written = explorer.written(len(explorer.shown.decoders) - 1)
    assert written["A"] == pytest.approx(A, abs=0.03)
    assert written["B"] == pytest.approx(B, abs=0.03)
    assert explorer.position == 1  # at the point
    assert_strip_shows(explorer, A, B)


def test_two_clicks_open_the_path_between_them(open_explorer):
    explorer = open_explorer("bare")
    places = []
    for at in ((-1.3, 0.8), (2.1, 1)):
        places.append(explorer.hover(*at))
        explorer.click(*at)
    assert_strip_shows(explorer, *places)


def test_the_strip_of_a_line_and_of_six_dimensions(open_explorer):
    explorer = open_explorer("line")
    explorer.press("Shift+ArrowRight", "Enter", *["Shift+ArrowLeft"] * 3, "Enter")
    assert_strip_shows(explorer, [0.5], [-1])
    explorer = open_explorer("six")
    sliders = explorer.page.locator(".sliders input")
    for i, value in enumerate((1, -0.5, 0.25, 2, 0, -1)):
        sliders.nth(i).fill(str(value))
    a = explorer.z
    explorer.press("Enter")
    for i in range(6):
        sliders.nth(i).fill(str(0.5 * i - 1))
    b = explorer.z
    explorer.press("Enter", "g")
    assert_strip_shows(explorer, a, b, "great_circle")


def test_a_third_pin_replaces_the_older(open_explorer):
    explorer = pinned(open_explorer)
    go_to(explorer, C)
    explorer.press("Enter")
    assert explorer.position == 0
    assert_strip_shows(explorer, C, B)
    assert explorer.written()["A"] == pytest.approx(C, abs=0.03)
    go_to(explorer, A)
    explorer.press("Enter")
    assert_strip_shows(explorer, C, A)


@pytest.mark.parametrize("way", ["x", "Clear pins"])
def test_pins_can_be_removed_and_the_next_one_is_a_again(open_explorer, way):
    explorer = pinned(open_explorer, "grey")
    explorer.press("n", "Enter")
    assert explorer.page.locator(".pair").is_visible()
    explorer.press(way) if way == "x" else explorer.button(way).click()
    for part in (".bar", ".films", ".pair"):
        assert not explorer.page.locator(part).is_visible()
    assert not {"A", "B"} & set(explorer.written())
    before = explorer.z
    explorer.press("Space", "[", "g", "g")  # without a path they do nothing
    assert explorer.z.tolist() == before.tolist()
    explorer.press("Enter")
    assert "A" in explorer.written()


def test_keys_step_along_the_path_and_stay_on_it(open_explorer):
    explorer = pinned(open_explorer)
    for keys, position in ((["["], 0.95), (["["] * 3, 0.8), (["]"], 0.85), (["]"] * 5, 1)):
        explorer.press(*keys)
        assert explorer.position == pytest.approx(position)
        z = (1 - position) * np.array(A) + position * np.array(B)
        np.testing.assert_allclose(explorer.z, z, atol=0.0051)
        assert_same_image(explorer.image(), decoded(explorer.shown.decoders[0], z))
    explorer.press(*["["] * 25)
    assert explorer.position == 0


def test_the_slider_moves_along_the_path(open_explorer):
    explorer = pinned(open_explorer)
    slider = explorer.page.locator(".bar input")
    slider.fill("0.3")
    np.testing.assert_allclose(explorer.z, [1.05, -0.45], atol=0.0051)
    assert slider.get_attribute("aria-valuetext") == "30 % of the way"
    box = slider.bounding_box()
    explorer.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    np.testing.assert_allclose(explorer.z, [0.75, -0.75], atol=0.02)
    mark, strip = (explorer.page.locator(part).bounding_box() for part in (".mark", ".strip"))
    middle = mark["x"] + mark["width"] / 2
    assert middle == pytest.approx(strip["x"] + strip["width"] / 2, abs=2)


def test_a_click_on_an_image_of_the_strip_goes_there(open_explorer):
    explorer = pinned(open_explorer)
    strip = explorer.page.locator(".strip")
    box = strip.bounding_box()
    for k in (3, 10, 0):
        at = box["x"] + (k + 0.5) * box["width"] / 11
        explorer.page.mouse.click(at, box["y"] + box["height"] / 2)
        assert explorer.position == pytest.approx(k / 10, abs=0.003)
        z = morph_path(A, B, 11)[k]
        np.testing.assert_allclose(explorer.z, z, atol=0.02)
        mark = explorer.page.locator(".mark").bounding_box()
        assert mark["x"] + mark["width"] / 2 == pytest.approx(at, abs=2)


@pytest.mark.parametrize("way", ["g", "the list"])
def test_the_great_circle_keeps_the_distance_from_the_centre(open_explorer, way):
    explorer = pinned(open_explorer)
    explorer.page.locator(".bar input").fill("0.5")
    paths = explorer.page.get_by_label("Path between the pins")
    np.testing.assert_allclose(explorer.z, [0.75, -0.75], atol=0.0051)
    explorer.press("g") if way == "g" else paths.select_option("great circle")
    assert paths.input_value() == "circle"
    assert np.linalg.norm(explorer.z) == pytest.approx(1.5, abs=0.01)
    assert explorer.page.locator(".info dd").nth(2).inner_text().startswith("1.50")
    assert_strip_shows(explorer, A, B, "great_circle")
    over = explorer.pixels(".plane canvas:last-child")  # the path is drawn through the point
    ways = [[np.cos(a), -np.sin(a)] for a in np.radians([20, 30, 60, 70])]
    assert all(is_drawn(over, 1.5 * np.array(at)) for at in ways)
    explorer.press("g") if way == "g" else paths.select_option("straight line")
    np.testing.assert_allclose(explorer.z, [0.75, -0.75], atol=0.0051)
    assert_strip_shows(explorer, A, B)
    over = explorer.pixels(".plane canvas:last-child")
    assert not any(is_drawn(over, 1.5 * np.array(at)) for at in ways)


def is_drawn(over, at, half=3.4):
    row, column = ((half - at[1]), (half + at[0]))
    scale = len(over) / (2 * half)
    return over[int(row * scale), int(column * scale), 3] > 0


def test_play_goes_from_a_to_b_and_back_and_pause_stays(open_explorer):
    explorer = pinned(open_explorer)
    play, pause = explorer.button("\u25b6 Play"), explorer.button("\u275a\u275a Pause")
    explorer.page.locator(".bar input").fill("0")
    explorer.press(".", ".", "Space")
    seen = explorer.page.evaluate(WATCH, 1300)
    assert pause.is_visible()
    stand = [position for _, position, _ in seen]
    turn = int(np.argmax(stand))
    assert 0.8 < stand[turn] <= 1
    assert all(np.diff(stand[2:turn]) > 0)
    assert all(np.diff(stand[turn + 1 :]) < 0)
    explorer.press("Space")
    assert play.is_visible()
    still = explorer.page.evaluate(WATCH, 60)
    assert len({tuple(rest) for _, *rest in still}) == 1
    z = (1 - explorer.position) * np.array(A) + explorer.position * np.array(B)
    np.testing.assert_allclose(explorer.z, z, atol=0.0051)
    play.click()
    before = explorer.position
    explorer.page.evaluate(WATCH, 60)
    assert explorer.position != before
    pause.click()
    assert play.is_visible()


@pytest.mark.parametrize("way", ["keys", "list"])
def test_the_chosen_speed_is_used(open_explorer, way):
    explorer = pinned(open_explorer, "bare")
    speeds = explorer.page.get_by_label("Speed")
    for keys, speed, text in (([","], 0.5, "\u00bd\u00d7"), ([".", "."], 2, "2\u00d7")):
        explorer.press(*keys) if way == "keys" else speeds.select_option(text)
        assert float(speeds.input_value()) == speed
        explorer.page.locator(".bar input").fill("0")
        explorer.button("\u25b6 Play").click()
        seen = [(now, position) for now, position, _ in explorer.page.evaluate(WATCH, 800)][3:]
        explorer.button("\u275a\u275a Pause").click()
        (began, start), (ended, end) = seen[0], seen[-1]
        assert (end - start) / (ended - began) == pytest.approx(speed / 4000, rel=0.15)
    explorer.press(*[","] * 9)
    assert speeds.input_value() == "0.25"
    explorer.press(*["."] * 9)
    assert speeds.input_value() == "4"


@pytest.mark.parametrize("way", ["[", "n", "r", "ArrowLeft", "Enter", "slider", "strip", "plane"])
def test_going_elsewhere_stops_playing(open_explorer, way):
    explorer = pinned(open_explorer, "grey")
    explorer.press("Space")
    explorer.page.evaluate(WATCH, 50)
    if way == "slider":
        explorer.page.locator(".bar input").fill("0.5")
    elif way == "strip":
        explorer.page.locator(".strip").click()
    elif way == "plane":
        explorer.click(-2, -2)
    else:
        explorer.press(way)
    assert explorer.button("\u25b6 Play").is_visible()
    still = explorer.page.evaluate(WATCH, 60)
    assert len({tuple(rest) for _, *rest in still}) == 1


def test_a_passing_pointer_does_not_disturb_playing(open_explorer):
    explorer = pinned(open_explorer)
    explorer.press("Space")
    explorer.page.evaluate("window.drawn = null")
    explorer.page.mouse.move(*explorer.place((2, 2)))
    explorer.page.evaluate(WATCH, 50)
    assert explorer.page.evaluate("window.drawn") is None
    assert explorer.button("\u275a\u275a Pause").is_visible()
    (x, y), (b_x, b_y) = explorer.z, B
    assert x - y == pytest.approx(1.5, abs=0.02)  # still on the path
    assert b_x - b_y == 1.5


def test_with_reduced_motion_images_are_shown_one_after_another(open_explorer):
    explorer = pinned(open_explorer, reduced_motion="reduce")
    explorer.press(".", ".", "Space")
    seen = explorer.page.evaluate(WATCH, 900)[2:]
    steps = {round(10 * position, 6) for _, position, _ in seen}
    assert steps <= set(range(11))
    assert len(steps) >= 5
    places = [[number(part) for part in z.strip("()").split(",")] for *_, z in seen]
    path = morph_path(A, B, 11)
    assert all(np.abs(path - z).max(axis=1).min() < 0.0051 for z in places)
    style = "(all) => all.map((each) => getComputedStyle(each).transitionDuration)"
    assert set(explorer.page.locator("main, main *").evaluate_all(style)) == {"0s"}
