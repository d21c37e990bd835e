"""Explorers as pages on the disk, and a class that uses one in a browser."""

import io
import time
from base64 import b64decode

import numpy as np
import pytest
from PIL import Image

from fidle_vae.explorer.export import write_page
from fidle_vae.models.latent_space import LatentPlane
from tests.helpers.browser import watch
from tests.helpers.explorer_models import as_bytes, shown, whole_view

WINDOW = {"width": 1280, "height": 720}
NOTE_WHAT_IS_WRITTEN = """
window.written = new Map();
const fillText = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  if (!window.written.has(this.canvas)) window.written.set(this.canvas, new Map());
  window.written.get(this.canvas).set(text, [x, y]);
  return fillText.call(this, text, x, y);
};
const clearRect = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...box) {
  window.written.delete(this.canvas);
  return clearRect.call(this, ...box);
};
"""
WHAT_IS_WRITTEN = """
(plane) => [...plane.children].flatMap((canvas) => [...window.written.get(canvas) ?? []]
  .map(([text, [x, y]]) => [text, x / canvas.width, y / canvas.height]))
"""


class Explorer:
    """An explorer in a browser, used as a person does: by pointer, keys and text."""

    def __init__(self, page, shown):
        self.page, self.shown = page, shown
        self.latent_dim = shown.content["models"][0]["decoder"]["inputDim"]
        codes = [z for z in shown.codes if z is not None]
        self.plane = LatentPlane.of_dims(self.latent_dim)
        given = shown.content.get("plane", {})
        if given:
            self.plane = LatentPlane(given["origin"], given["axes"], tuple(given["names"]))
        self.view = whole_view(
            self.plane, np.concatenate(codes) if codes else [], given.get("shell", (0, 0))[1]
        )
        page.set_default_timeout(5000)
        page.evaluate(
            "document.getElementById('explorer').addEventListener('fidle-drawn', "
            "(event) => { window.drawn = event.detail.z; })"
        )

    @property
    def z(self):
        """The latent point that the page shows, with two decimals."""
        outputs = ".info .z" if self.latent_dim <= 4 else ".sliders output"
        written = ", ".join(self.page.locator(outputs).all_inner_texts())
        return np.array([number(part) for part in written.strip("()").split(",")])

    @property
    def position(self):
        """Position of the slider between pin A and pin B."""
        return float(self.page.locator(".bar input").input_value())

    def place(self, at, panel=0):
        """Return the position on the page of a point of the plane."""
        box = self.page.locator(".plane").nth(panel).bounding_box()
        x, y, half = self.view
        left, top = box["x"] + 1, box["y"] + 1  # within the border
        scale = (box["width"] - 2) / (2 * half)
        return float(left + (at[0] - x + half) * scale), float(top + (y + half - at[1]) * scale)

    def hover(self, *at, panel=0):
        """Move the mouse to a point of the plane; return the latent point that is drawn."""
        self.page.evaluate("window.drawn = null")
        self.page.mouse.move(*self.place(at, panel))
        self.wait_for("window.drawn !== null")
        return np.array(self.page.evaluate("window.drawn"))

    def click(self, *at, panel=0):
        self.page.mouse.click(*self.place(at, panel))

    def wait_for(self, condition):
        """Wait for a condition in JavaScript; the page's policy forbids Playwright's own way."""
        until(lambda: self.page.evaluate(condition))

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def pixels(self, selector, panel=0):
        """Return the pixels of a canvas, (h, w, 4), 0 to 255."""
        url = self.page.locator(selector).nth(panel).evaluate("(canvas) => canvas.toDataURL()")
        return np.asarray(Image.open(io.BytesIO(b64decode(url.partition(",")[2])))).astype(int)

    def image(self, panel=0):
        """Return the decoded image on show, (h, w, 3)."""
        return self.pixels("canvas.image", panel)[..., :3]

    def wait_for_original(self, index, panel=0):
        """Wait until a held-out image, once unpacked, is shown beside its reconstruction."""
        expected = as_bytes(self.shown.dataset.x_test[index])
        place = ".pair > :first-child canvas", panel
        until(lambda: (self.pixels(*place)[..., :3] == expected).all())

    def strip(self, panel=0):
        """Return the images of the strip, (frames, h, w, 3)."""
        picture = self.pixels(".strip", panel)[..., :3]
        width = self.shown.content["models"][panel]["decoder"]["outputShape"][1]
        return np.stack(np.split(picture, picture.shape[1] // width, axis=1))

    def written(self, panel=0):
        """Return the texts in a plane, {text: its position in the plane}."""
        x, y, half = self.view
        texts = self.page.locator(".plane").nth(panel).evaluate(WHAT_IS_WRITTEN)
        scale = 2 * half
        return {
            text: (x - half + scale * left, y + half - scale * top) for text, left, top in texts
        }

    def cursor(self, panel=0):
        """Return where the cursor is drawn in the plane, if there are no pins."""
        return self.middle(self.pixels(".plane canvas:last-child", panel)[..., 3] > 0)

    def middle(self, mask):
        """Return the middle of the marked pixels of a plane's canvas, in the plane."""
        x, y, half = self.view
        row, column = (at.mean() + 0.5 for at in np.nonzero(mask))
        scale = 2 * half / len(mask)
        return x - half + scale * column, y + half - scale * row

    def marks(self, label, panel=0):
        """Return a mask of the pixels of the plane that have the colour of a class."""
        colour = self.shown.content["colors"][label].lstrip("#")
        seen = self.pixels(".plane canvas:first-child", panel)
        near = np.abs(seen[..., :3] - list(bytes.fromhex(colour))).max(axis=-1) < 4
        return near & (seen[..., 3] > 180)


def number(text):
    return float(text.replace("\u2212", "-"))


def until(condition, seconds=10):
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def window(browser):
    """A window without a network for the tests of a file, and a list of what goes wrong in it."""
    context = browser.new_context(viewport=WINDOW, offline=True)
    context.add_init_script(NOTE_WHAT_IS_WRITTEN)
    problems = watch(context)
    yield context.new_page(), problems
    context.close()


@pytest.fixture(name="open_explorer")
def opener(window, tmp_path):
    """Open the page of one of MODELS from the disk; what goes wrong in it fails the test."""
    page, problems = window
    problems.clear()

    def open_explorer(name="grey", color_scheme="light", reduced_motion="no-preference"):
        page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        page.set_viewport_size(WINDOW)
        page.mouse.move(0, 0)
        page.goto(page_of(name, tmp_path))
        return Explorer(page, shown(name))

    yield open_explorer
    page.goto("about:blank")
    assert not problems, "\n".join(problems)


def page_of(name, folder):
    """Write the page of one of MODELS; return its address."""
    made = shown(name)
    return write_page(folder / "explorer.html", made.content, made.data).as_uri()
