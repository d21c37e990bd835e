"""The explorer's page with a keyboard alone, with a screen reader, on small and large screens."""

import itertools

import numpy as np
import pytest

from tests.helpers.explorer_pages import opener as opener
from tests.helpers.explorer_pages import until
from tests.helpers.explorer_pages import window as window

pytestmark = pytest.mark.browser

PAPER = (251, 250, 247)
# the focused element in the shadow root: its tag and its accessible name
FOCUSED = """() => {
  const found = document.querySelector("#explorer").shadowRoot.activeElement;
  if (!found) return null;
  const style = getComputedStyle(found);
  return {
    what: [found.tagName, found.getAttribute("aria-label") ?? found.textContent],
    outlined: found.matches(":focus-visible") && style.outlineStyle !== "none"
      && parseFloat(style.outlineWidth) >= 2 && parseFloat(style.outlineOffset) >= 2,
    color: style.outlineColor,
  };
}"""
CONTROLS = """() => [...document.querySelector("#explorer").shadowRoot.querySelectorAll(
    "button, select, input, [tabindex]")]
  .filter((each) => each.checkVisibility() && !each.disabled)
  .map((each) => [each.tagName, each.getAttribute("aria-label") ?? each.textContent])"""
# all visible text: [text, colour, background (red, green, blue, with opacity mixed in), size]
TEXTS = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const lay = (color, ground) => {
    canvas.fillStyle = `rgb(${ground})`;
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const shadow = document.querySelector("#explorer").shadowRoot;
  const walker = document.createTreeWalker(shadow, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const owner = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || owner.closest("style, .unseen") || !owner.checkVisibility()) continue;
    const above = [];
    for (let each = owner; each; each = each.parentElement) above.unshift(each);
    let [ground, opacity] = [[255, 255, 255], 1];
    for (const each of above) {
      ground = lay(getComputedStyle(each).backgroundColor, ground);
      if (!each.disabled) opacity *= getComputedStyle(each).opacity;
    }
    const ink = lay(getComputedStyle(owner).color, ground);
    const mixed = ink.map((value, i) => ground[i] + opacity * (value - ground[i]));
    texts.push([text, mixed, ground, parseFloat(getComputedStyle(owner).fontSize)]);
  }
  return texts;
}"""


def luminance(color):
    value = np.asarray(color) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


def contrast(color, ground):
    """Return the contrast ratio defined by WCAG, from 1 to 21."""
    low, high = sorted((luminance(color), luminance(ground)))
    return (high + 0.05) / (low + 0.05)


def with_pins(explorer):
    """Make an explorer show everything it can: two pins, the path between them, an original."""
    explorer.press("n", "Enter", "Shift+ArrowRight", "Shift+ArrowUp", "Enter")
    if explorer.shown.dataset is not None:
        assert explorer.page.locator(".pair").first.is_visible()
    assert explorer.page.locator(".films").is_visible()
    return explorer


@pytest.mark.parametrize("name", ["grey", "six", "two"])
def test_tab_reaches_every_control_and_shows_where_it_is(open_explorer, name):
    explorer = with_pins(open_explorer(name))
    controls = explorer.page.evaluate(CONTROLS)
    reached = []
    for _ in controls:
        explorer.press("Tab")
        focused = explorer.page.evaluate(FOCUSED)
        assert focused["outlined"], focused
        assert contrast([int(part) for part in focused["color"][4:-1].split(",")], PAPER) >= 3
        reached.append(focused["what"])
    assert sorted(reached) == sorted(controls)
    planes = [name for _, name in reached if name.startswith("Latent plane")]
    assert len(planes) == len(explorer.shown.decoders)
    assert len(controls) >= 16


def test_keys_of_a_focused_button_are_its_own(open_explorer):
    explorer = with_pins(open_explorer("grey"))
    explorer.button("Theme").focus()
    explorer.press("Space")
    assert explorer.page.locator("main").get_attribute("data-theme") == "dark"
    assert explorer.button("\u25b6 Play").is_visible()  # nothing plays
    pins = explorer.written()["A"]
    explorer.press("ArrowLeft")  # a key that no button needs
    explorer.press("Enter")
    assert explorer.page.locator("main").get_attribute("data-theme") == "light"
    assert explorer.written()["A"] == pytest.approx(pins)
    explorer.button("\u25b6 Play").focus()
    explorer.press("Space")
    assert explorer.button("\u275a\u275a Pause").is_visible()
    explorer.press("Space")
    assert explorer.button("\u25b6 Play").is_visible()


def test_arrows_on_a_focused_slider_move_the_slider_alone(open_explorer):
    explorer = open_explorer("six")
    before = explorer.z
    explorer.page.get_by_label("z3", exact=True).and_(explorer.page.locator("input")).focus()
    explorer.press("ArrowRight", "ArrowUp", "ArrowRight")
    expected = before + 0.03 * np.eye(6)[3]
    np.testing.assert_allclose(explorer.z, expected, atol=0.0051)
    explorer = with_pins(open_explorer("bare"))
    explorer.page.get_by_label("Position between the pins").focus()
    explorer.press("Home", "ArrowRight")
    assert 0 < explorer.position < 0.2
    np.testing.assert_allclose(explorer.z, 0.5 * explorer.position, atol=0.0051)
    explorer.press("End")
    np.testing.assert_allclose(explorer.z, [0.5, 0.5], atol=0.0051)
    explorer.press("Space")  # a key that no slider needs
    assert explorer.button("\u275a\u275a Pause").is_visible()


def test_keys_on_a_focused_list_choose_in_the_list(open_explorer):
    explorer = with_pins(open_explorer("bare"))
    before = explorer.z
    explorer.page.get_by_label("Path between the pins").focus()
    explorer.press("ArrowDown")
    assert explorer.page.get_by_label("Path between the pins").input_value() == "circle"
    explorer.press("s")  # still the straight line; and r draws no point
    assert explorer.page.get_by_label("Path between the pins").input_value() == "line"
    explorer.press("r")
    np.testing.assert_allclose(explorer.z, before, atol=0.0051)


@pytest.mark.parametrize("name", ["six", "two"])
def test_every_control_and_image_has_a_name(open_explorer, name):
    explorer = with_pins(open_explorer(name))
    devtools = explorer.page.context.new_cdp_session(explorer.page)
    nodes = devtools.send("Accessibility.getFullAXTree")["nodes"]
    named = {}
    for node in nodes:
        if not node["ignored"]:
            name = node.get("name", {}).get("value", "").strip()
            named.setdefault(node["role"]["value"], []).append(name)
    kinds = ("button", "slider", "combobox", "image", "application", "group", "heading")
    for role in kinds:
        assert all(named.get(role, [])), (role, named[role])
    few = {"button": 12, "slider": 1, "combobox": 2, "image": 4, "application": 1}
    assert all(len(named[role]) >= count for role, count in few.items())
    buttons = named["button"] + named["slider"] + named["combobox"]
    assert len(set(buttons)) == len(buttons)  # all names differ


def test_screen_readers_announce_the_place_once_the_point_rests(open_explorer):
    explorer = open_explorer("grey")
    spoken = explorer.page.locator("[aria-live='polite']")
    explorer.press("Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown")
    until(lambda: spoken.text_content().startswith("z0 0.50, z1 \u22121.00; log density \u22122.5"))
    assert "around it mostly" in spoken.text_content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_its_ground(open_explorer, scheme):
    explorer = with_pins(open_explorer("six", color_scheme=scheme))
    explorer.button("spot").click()  # hidden, so its text is paler
    texts = explorer.page.evaluate(TEXTS)
    explorer.press("x", "?")
    texts += explorer.page.evaluate(TEXTS)
    seen = {text for text, *_ in texts}
    assert {"Theme", "Points", "None", "spot", "original", "\u25b6 Play", "Space"} <= seen
    for text, color, ground, _ in texts:
        assert contrast(color, ground) >= 4.5, (text, color, ground)
    assert len(texts) > 60


def equal_widths(canvases):
    """Whether originals and reconstructions have the same size."""
    widths = [found.bounding_box()["width"] for found in canvases.all()]
    return max(widths) - min(widths) < 1.5


NAMES = ["ten classes", "two, ten classes", "two", "six", "line", "colour"]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_overflows_and_all_that_is_needed_is_in_the_window(open_explorer, name):
    explorer = with_pins(open_explorer(name))
    page = explorer.page
    for (width, height), present in itertools.product(
        ((1280, 720), (1920, 1080), (390, 844)), (False, True)
    ):
        page.set_viewport_size({"width": width, "height": height})
        if present:
            explorer.press("f")
            explorer.wait_for("document.fullscreenElement !== null")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        assert page.evaluate(
            "() => [document.documentElement, document.querySelector('#explorer').shadowRoot"
            ".querySelector('main')].every((each) => each.scrollWidth <= each.clientWidth)"
        ), (width, present)
        parts = [".plane", "canvas.image", ".bar input"] + [".strip"] * (width > 400)
        for part in parts:
            for found in page.locator(part).all():
                box = found.bounding_box()
                assert box["x"] >= 0
                assert box["x"] + box["width"] <= width, (part, width, present)
                assert box["width"] > 40
                if width > 400:
                    assert box["y"] + box["height"] <= height, (part, width, present)
        assert equal_widths(page.locator(".pair canvas"))
        if present:
            explorer.press("f")
            explorer.wait_for("document.fullscreenElement === null")


@pytest.mark.parametrize("name", ["ten classes", "six"])
def test_on_a_phone_the_path_is_in_sight_and_covers_no_plane(open_explorer, name):
    explorer = with_pins(open_explorer(name))
    explorer.page.set_viewport_size({"width": 390, "height": 844})
    explorer.page.evaluate("scrollTo(0, 0)")
    plane = explorer.page.locator(".plane").bounding_box()
    for part in (".bar input", ".roll"):
        box = explorer.page.locator(part).bounding_box()
        assert plane["y"] + plane["height"] <= box["y"], part
        assert box["y"] + box["height"] <= 844, part


def test_the_sliders_of_a_presentation_are_in_the_window(open_explorer):
    page = open_explorer("six").page
    page.set_viewport_size({"width": 1240, "height": 620})  # on a slide
    page.evaluate("location.hash = 'present=1'")
    until(lambda: page.locator("main.present").count() == 1)
    until(lambda: page.locator(".plane").bounding_box()["height"] > 350)
    box = page.locator(".sliders").bounding_box()
    assert box["y"] + box["height"] <= 620


@pytest.mark.parametrize("name", ["six", "two"])
def test_the_presentation_mode_has_large_letters(open_explorer, name):
    explorer = with_pins(open_explorer(name))
    explorer.page.set_viewport_size({"width": 1920, "height": 1080})
    explorer.press("f")
    explorer.wait_for("document.fullscreenElement !== null")
    sizes = {text: size for text, _, _, size in explorer.page.evaluate(TEXTS)}
    assert min(sizes.values()) >= 24, sizes
    assert len(sizes) > 15
