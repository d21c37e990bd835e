"""The pad: what is drawn on it is encoded in the page."""

import itertools
import math

import keras
import numpy as np
import pytest

from fidle_vae.runs.saved_models import PRETRAINED, load_model
from tests.helpers.explorer_models import assert_same_image, decoded
from tests.helpers.explorer_pages import opener as opener
from tests.helpers.explorer_pages import until
from tests.helpers.explorer_pages import window as window

pytestmark = pytest.mark.browser

ZERO = [
    (0.5 + 0.2 * math.cos(0.2 * i), 0.5 + 0.3 * math.sin(0.2 * i)) for i in range(33)
]  # in fractions of the pad


def draw(explorer, points=ZERO):
    """Draw a line on the pad with the mouse."""
    box = explorer.page.locator("canvas.pad").bounding_box()
    mouse = explorer.page.mouse
    for i, (x, y) in enumerate(points):
        mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        if i == 0:
            mouse.down()
    mouse.up()


def as_encoded(explorer, panel=0):
    """Return the image that the encoder gets, (h, w, 1), in [0, 1]."""
    return explorer.pixels(".pair > :first-child canvas", panel)[..., :1] / 255


def is_empty(explorer):
    return explorer.page.locator(".pair").first.is_hidden()


def test_a_drawing_goes_where_keras_encodes_it_and_is_shown_beside_its_reconstruction(
    open_explorer,
):
    explorer = open_explorer("pretrained")
    explorer.button("Sketch").click()
    draw(explorer)
    image = as_encoded(explorer)
    row, column = (np.indices((28, 28)) * image[..., 0]).sum(axis=(1, 2)) / image.sum()
    assert (row, column) == pytest.approx((14, 14), abs=0.1)
    vae = load_model(PRETRAINED)
    mean, log_var = (
        keras.ops.convert_to_numpy(x)[0] for x in vae.encoder(image[None].astype("float32"))[:2]
    )
    np.testing.assert_allclose(explorer.z, mean, atol=0.03)  # the image here has 256 levels
    assert_same_image(explorer.image(), decoded(vae.decoder, explorer.z), within=6)
    reconstruction = explorer.pixels(".pair > :nth-child(2) canvas")[..., :3]
    assert_same_image(reconstruction, explorer.image(), within=1)
    until(lambda: explorer.page.locator(".info dd").nth(3).inner_text().startswith("0 ("))

    colour = explorer.page.locator("main").evaluate(
        "(main) => getComputedStyle(main).getPropertyValue('--accent')"
    )
    accent = np.array(list(bytes.fromhex(colour.strip("# "))))
    explorer.press("+", "+", "+", "+", "+", "+", "+", "+", "+", "+")  # until the ellipse is large
    over = explorer.pixels(".plane canvas:last-child")
    inside = (np.abs(over[..., :3] - accent).max(axis=-1) < 4) & (over[..., 3] > 60)
    height, width = (np.ptp(np.flatnonzero(inside.any(axis))) for axis in (1, 0))
    ratio = math.exp((log_var[1] - log_var[0]) / 2)
    assert height / width == pytest.approx(ratio, rel=0.1)


def test_keys_draw_too_and_clear(open_explorer):
    explorer = open_explorer("grey")
    explorer.press("d")
    before = explorer.z
    explorer.press("ArrowLeft", "ArrowLeft")  # the pen is up
    assert is_empty(explorer)
    explorer.press("Space", *["ArrowDown"] * 20, *["ArrowRight"] * 10, "Space", "ArrowUp")
    image = as_encoded(explorer)[..., 0]
    assert image.max() > 0.3
    stem, foot = (ink.sum(axis=0) @ np.arange(8) / ink.sum() for ink in (image[:4], image[5:]))
    assert stem < foot - 0.3  # an L
    assert np.abs(explorer.z - before).max() > 0.02
    explorer.press("Delete")
    assert is_empty(explorer)


def test_the_drawing_is_shown_while_the_pad_is_open(open_explorer):
    explorer = open_explorer("grey")
    choices, pad = explorer.page.locator(".codes"), explorer.page.locator("canvas.pad")
    explorer.button("Sketch").click()
    assert pad.is_visible()
    assert choices.is_hidden()
    draw(explorer)
    z = explorer.z
    explorer.press("d")
    assert pad.is_hidden()
    assert choices.is_visible()
    assert is_empty(explorer)
    explorer.hover(1, 1)
    explorer.press("d")
    np.testing.assert_allclose(explorer.z, z)
    assert not is_empty(explorer)
    explorer.button("Clear").click()
    assert is_empty(explorer)
    assert explorer.button("Clear").is_disabled()


def test_escape_closes_the_pad_and_is_left_to_the_page_otherwise(open_explorer):
    explorer = open_explorer("grey")
    explorer.page.evaluate(
        "addEventListener('keydown', (event) => (window.taken = event.defaultPrevented))"
    )
    explorer.press("d", "Escape")
    assert explorer.page.locator("canvas.pad").is_hidden()
    assert explorer.button("Sketch").get_attribute("aria-pressed") == "false"
    assert explorer.page.evaluate("taken")
    focused = "document.querySelector('#explorer').shadowRoot.activeElement.className"
    assert explorer.page.evaluate(focused) == "plane"
    explorer.press("Escape")
    assert explorer.page.locator("canvas.pad").is_hidden()
    assert not explorer.page.evaluate("taken")


def test_each_of_two_models_encodes_the_drawing(open_explorer):
    explorer = open_explorer("two")
    explorer.button("Sketch").click()
    draw(explorer)
    for panel, decoder in enumerate(explorer.shown.decoders):
        z = explorer.shown.encoders[panel](as_encoded(explorer, panel)[None].astype("float32"))
        z = keras.ops.convert_to_numpy(z)[0]
        seen = explorer.pixels(".pair > :nth-child(2) canvas", panel)[..., :3]
        assert_same_image(seen, decoded(decoder, z), within=3)
    assert explorer.page.locator(".pair").count() == 2


@pytest.mark.parametrize("name", ["bare", "colour"])
def test_without_an_encoder_of_grey_images_there_is_no_pad(open_explorer, name):
    explorer = open_explorer(name)
    assert explorer.button("Sketch").count() == 0
    explorer.press("d")
    assert explorer.page.locator("canvas.pad").count() == 0


@pytest.mark.parametrize("kind", ["touch", "pen"])
def test_a_finger_or_a_pen_draws_one_line_and_a_second_finger_none(open_explorer, kind):
    explorer = open_explorer("grey")
    explorer.button("Sketch").click()
    pad = explorer.page.locator("canvas.pad")
    pad.evaluate("(canvas) => { canvas.setPointerCapture = () => {}; }")  # for events without one
    box = pad.bounding_box()

    def event(name, x, y, pointer=1):
        at = {"clientX": box["x"] + x * box["width"], "clientY": box["y"] + y * box["height"]}
        pad.dispatch_event(name, {**at, "pointerId": pointer, "pointerType": kind, "button": 0})

    event("pointerdown", 0.3, 0.2)
    event("pointermove", 0.3, 0.8)
    before = as_encoded(explorer)
    event("pointerdown", 0.8, 0.5, pointer=2)
    event("pointermove", 0.9, 0.5, pointer=2)
    np.testing.assert_array_equal(as_encoded(explorer), before)
    event("pointerup", 0.3, 0.8)
    event("pointermove", 0.9, 0.8)
    np.testing.assert_array_equal(as_encoded(explorer), before)
    assert before[..., 0].max() > 0.3
    assert pad.evaluate("(canvas) => getComputedStyle(canvas).touchAction") == "none"


@pytest.mark.parametrize("name", ["grey", "six", "two", "ten classes", "two, ten classes"])
def test_with_the_pad_open_nothing_overflows(open_explorer, name):
    explorer = open_explorer(name)
    page = explorer.page
    explorer.button("Sketch").click()
    pad = page.locator("canvas.pad")
    place = pad.bounding_box()
    draw(explorer)
    assert pad.bounding_box() == place  # it stays under the pen
    for (width, height), present in itertools.product(
        ((1280, 720), (1920, 1080), (390, 844), (900, 560)), (False, True)
    ):
        page.set_viewport_size({"width": width, "height": height})
        if present:
            explorer.press("f")
            explorer.wait_for("document.fullscreenElement !== null")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        size = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        assert size[0] <= width, (width, present)
        for part in (".plane", "canvas.image", "canvas.pad"):
            for found in page.locator(part).all():
                box = found.bounding_box()
                assert box["x"] >= 0
                assert box["x"] + box["width"] <= width, (part, width, present)
                if width > 400:
                    assert box["y"] + box["height"] <= height, (part, width, present)
        assert pad.bounding_box()["width"] >= 140, (width, present)
        if present:
            explorer.press("f")
            explorer.wait_for("document.fullscreenElement === null")


def test_in_a_presentation_the_classes_are_named_at_the_median_of_their_codes(open_explorer):
    explorer = open_explorer("ten classes")
    names = set(explorer.shown.dataset.class_names)
    assert not names & set(explorer.written())
    explorer.press("f")
    explorer.wait_for("document.fullscreenElement !== null")
    until(lambda: names <= set(explorer.written()))
    [codes], labels = explorer.shown.codes, explorer.shown.dataset.y_test
    written = explorer.written()
    for label, name in enumerate(explorer.shown.dataset.class_names):
        median = np.median(codes[labels == label], axis=0)
        assert abs(written[name][0] - median[0]) < 1.5  # moved up and down to have room
        assert abs(written[name][1] - median[1]) < 3
    explorer.press("c", "c")  # no codes, no names
    assert not names & set(explorer.written())
    explorer.press("f")


def test_the_image_of_a_presentation_is_larger(open_explorer):
    explorer = open_explorer("grey")
    image = explorer.page.locator("canvas.image")
    before = image.bounding_box()["width"]
    explorer.press("f")
    explorer.wait_for("document.fullscreenElement !== null")
    until(lambda: image.bounding_box()["width"] > 1.4 * before)  # nothing is pinned yet
    explorer.press("Enter", "Shift+ArrowRight", "Enter")
    until(lambda: 1.15 * before < image.bounding_box()["width"] < 1.3 * before)
    height = explorer.page.evaluate("innerHeight")
    assert explorer.page.locator(".roll").bounding_box()["y"] < height - 50  # there is room for it
    explorer.press("f")


def test_the_strip_shows_at_which_side_it_goes_on(open_explorer):
    explorer = open_explorer("grey")
    explorer.press("Enter", "Shift+ArrowRight", "Enter")
    roll = explorer.page.locator(".roll")

    def more():
        return [side for side in ("left", "right") if f"more-{side}" in roll.get_attribute("class")]

    assert more() == []
    explorer.page.set_viewport_size({"width": 390, "height": 844})
    until(lambda: more() == ["right"])
    arrow = "(roll) => getComputedStyle(roll, '::after').display"
    assert roll.evaluate(arrow) == "grid"
    explorer.page.locator(".films").evaluate("(films) => films.scrollTo(50, 0)")
    until(lambda: more() == ["left", "right"])
    explorer.page.locator(".films").evaluate("(films) => films.scrollTo(9999, 0)")
    until(lambda: more() == ["left"])
    assert roll.evaluate(arrow) == "none"
