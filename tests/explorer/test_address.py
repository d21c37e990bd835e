"""The state of the explorer in the address of its page."""

import html
import json
from pathlib import Path

import numpy as np
import pytest

from fidle_vae.explorer.export import page_text
from tests.helpers.explorer_models import assert_same_image, decoded, shown
from tests.helpers.explorer_pages import opener as opener
from tests.helpers.explorer_pages import until
from tests.helpers.explorer_pages import window as window
from tests.helpers.javascript import node

SCRIPT = Path(__file__).parents[1] / "helpers" / "run_geometry.mjs"


@pytest.fixture
def call(tmp_path):
    def call(*calls):
        (tmp_path / "job.json").write_text(json.dumps(calls), encoding="utf-8")
        return json.loads(node(SCRIPT, tmp_path / "job.json"))

    return call


def test_a_state_is_short_text_and_can_be_read_again(call):
    state = {"z": [0.12345, -2], "a": None, "t": 0.5, "show": "density", "axes": ["plane", 1]}
    (text,) = call(["writeState", state])
    assert text == "z=0.123,-2&t=0.5&show=density&axes=plane,1"
    (read,) = call(["readState", f"#{text}"])
    assert read == {"z": [0.123, -2], "t": [0.5], "show": ["density"], "axes": ["plane", "1"]}


@pytest.mark.parametrize("text", ["", "#", "#z=", "#z=1,x", "#view=Infinity,1,1", "#t=NaN&b"])
def test_what_is_no_number_is_left_out(call, text):
    (read,) = call(["readState", text])
    assert not {"z", "view", "t"} & set(read)


@pytest.fixture
def follow(open_explorer):
    """Open an explorer at a state, the part of an address from # on."""

    def follow(name="grey", state=""):
        explorer = open_explorer(name)
        page = explorer.page
        if state:
            page.goto(f"{page.url.partition('#')[0]}{state}")
        else:
            page.evaluate("history.replaceState(null, '', ' ')")
        return explorer

    return follow


def ring_of(explorer):
    """Return where the ring begins and ends, seen from the middle of the plane to the left."""
    seen = explorer.pixels(".plane canvas:first-child")[..., :3].astype(int)
    middle = seen.shape[0] // 2
    left = seen[middle + seen.shape[0] // 50, :middle]  # below the grid line in the middle
    blue = np.flatnonzero(left[:, 2] - left[:, 0] > 20)
    if not len(blue):
        return (0, 0)
    _, _, half = explorer.view
    scale = 2 * half / seen.shape[0]
    return ((middle - blue.max()) * scale, (middle - blue.min()) * scale)


def test_without_codes_a_generator_starts_on_the_shell_and_goes_along_its_plane(follow):
    explorer = follow("deep bare", "#show=density")
    start = np.array(explorer.shown.content["start"])
    np.testing.assert_allclose(explorer.z, start, atol=0.0051)
    assert_same_image(explorer.image(), decoded(explorer.shown.decoders[0], start))
    assert explorer.cursor() == pytest.approx((np.linalg.norm(start), 0), abs=0.05)
    ring = explorer.shown.content["plane"]["shell"]
    x, y = explorer.written()["most draws of z"]
    assert x == pytest.approx(0, abs=0.1)
    assert -ring[1] < y < -ring[0]
    z = explorer.hover(1.1, -0.9)
    np.testing.assert_allclose(z, explorer.plane.lift([1.1, -0.9]), atol=0.05)
    until(lambda: ring_of(explorer) == pytest.approx(ring, abs=0.1))
    explorer.press("r")  # a draw, off the plane: the ring is that of the plane through it
    z = explorer.z
    off = np.square(z - explorer.plane.lift(explorer.plane.project(z))).sum()
    assert off > 1
    cut = np.sqrt(np.maximum(0, np.square(ring) - off))
    until(lambda: ring_of(explorer) == pytest.approx(cut, abs=0.1))
    explorer.page.goto(f"{explorer.page.url.partition('#')[0]}#show=none")
    until(lambda: np.allclose(explorer.z, start, atol=0.0051))


def settled(explorer):
    """Return the state in the address once it is written: {name: text}."""
    seen = []

    def still():
        seen.append(explorer.page.evaluate("location.hash"))
        explorer.page.wait_for_timeout(250)
        return len(seen) > 2 and seen[-1] == seen[-2] == seen[-3] != ""

    until(still)
    return dict(part.split("=") for part in seen[-1][1:].split("&"))


@pytest.mark.browser
def test_a_link_opens_the_very_moment(follow):
    explorer = follow("six")
    page = explorer.page
    page.mouse.click(*explorer.place((0.6, 0.9)))
    explorer.press("Shift+ArrowRight", "Enter", "g", "[", "[", "c", "+", "f")
    explorer.wait_for("document.fullscreenElement !== null")
    state = settled(explorer)
    assert set(state) >= {"z", "a", "b", "t", "path", "view", "show", "present"}
    assert state["show"] == "density"
    assert float(state["t"]) == pytest.approx(0.9)
    before = explorer.z, explorer.position, explorer.image(), explorer.written()
    link = page.evaluate("location.href")
    page.goto("about:blank")
    page.goto(link)
    np.testing.assert_allclose(explorer.z, before[0], atol=0.011)
    assert explorer.position == pytest.approx(before[1], abs=1e-3)
    assert np.abs(explorer.image() - before[2]).max() <= 2
    assert page.locator("main.present").count() == 1
    assert page.get_by_label("Path between the pins").input_value() == "circle"
    for pin in "AB":
        assert explorer.written()[pin] == pytest.approx(before[3][pin], abs=0.02)
    assert settled(explorer) == state


@pytest.mark.browser
def test_the_address_names_a_shown_original_hidden_classes_and_axes(follow):
    explorer = follow("six")
    explorer.button("spot").click()
    explorer.press("a", "n")
    state = settled(explorer)
    assert state["axes"] == "0,1"
    assert state["hide"] == "1"
    caption = explorer.page.locator(".pair figcaption")
    assert caption.text_content().endswith(f"held-out image {state['image']}")
    explorer.page.reload()
    assert caption.text_content().endswith(f"held-out image {state['image']}")
    assert explorer.button("spot").get_attribute("aria-pressed") == "false"


@pytest.mark.browser
def test_the_history_has_no_entry_for_a_state(follow):
    explorer = follow()
    before = explorer.page.evaluate("history.length")
    for x in (0.5, 1, 1.5):
        explorer.hover(x, 0.3)
        assert float(settled(explorer)["z"].split(",")[0]) == pytest.approx(x, abs=0.03)
    assert explorer.page.evaluate("history.length") == before


@pytest.mark.browser
@pytest.mark.parametrize(
    "wrong",
    ["#z=1,2,3", "#z=x", "#axes=7,9", "#view=1,2", "#image=9999", "#hide=44", "#show=x", "#else"],
)
def test_a_wrong_address_opens_the_explorer_as_at_the_start(follow, wrong):
    explorer = follow(state=wrong)
    np.testing.assert_array_equal(explorer.z, 0)
    assert explorer.page.locator(".pair").is_hidden()
    assert set(settled_after_a_move(explorer)) == {"z"}


def settled_after_a_move(explorer):
    explorer.press("ArrowRight")
    until(lambda: "z=0.05" in explorer.page.evaluate("location.hash"))
    return settled(explorer)


@pytest.mark.browser
def test_a_new_address_in_an_open_page_moves_it_there(follow):
    explorer = follow()
    explorer.page.evaluate("location.hash = 'z=1.25,-0.5&present=1'")
    until(lambda: np.allclose(explorer.z, [1.25, -0.5]))
    assert explorer.page.locator("main.present").count() == 1


@pytest.fixture
def frame(window):
    """An explorer in a frame of a page, as a slide embeds it."""
    page, problems = window
    problems.clear()
    made = shown("ten classes")
    source = html.escape(page_text(made.content, made.data))
    page.goto("about:blank")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.set_content(
        f"<body style='margin:0;height:3000px'><iframe srcdoc='{source}' width=900 height=560 "
        "style='border:0'></iframe></body>"
    )
    yield page.frames[1]
    page.goto("about:blank")
    assert not problems, "\n".join(problems)


@pytest.mark.browser
def test_in_a_frame_it_works_and_leaves_the_address_of_the_page_alone(frame):
    page = frame.page
    before = page.url, page.evaluate("history.length")
    plane = frame.locator(".plane").bounding_box()
    page.mouse.click(plane["x"] + 0.7 * plane["width"], plane["y"] + 0.4 * plane["height"])
    z = frame.locator(".info .z").inner_text()
    assert z != "(0.00, 0.00)"
    page.keyboard.press("ArrowRight")
    assert frame.locator(".info .z").inner_text() != z
    page.wait_for_timeout(700)
    assert (page.url, page.evaluate("history.length")) == before
    assert frame.evaluate("location.href") == "about:srcdoc"


@pytest.mark.browser
def test_in_a_frame_the_wheel_scrolls_the_page_until_the_plane_has_been_clicked(frame):
    page = frame.page
    plane = frame.locator(".plane").bounding_box()
    at = plane["x"] + 0.5 * plane["width"], plane["y"] + 0.5 * plane["height"]
    page.mouse.move(*at)
    page.mouse.wheel(0, 200)
    until(lambda: page.evaluate("scrollY") > 0)
    page.evaluate("scrollTo(0, 0)")
    page.mouse.click(*at)
    page.mouse.wheel(0, 200)
    page.wait_for_timeout(200)
    assert page.evaluate("scrollY") == 0


@pytest.mark.browser
@pytest.mark.parametrize("keys", [(), ("d",), ("f",), ("f", "d")])
def test_in_a_frame_of_a_slide_nothing_needs_to_scroll(frame, keys):
    page = frame.page
    frame.locator("main").evaluate("(main) => { main.requestFullscreen = undefined; }")
    for size in ((900, 560), (1280, 720)):
        page.evaluate(
            "([w, h]) => Object.assign(frames[0].frameElement, {width: w, height: h})", size
        )
        frame.locator(".plane").focus()
        for key in ("n", "Enter", "Shift+ArrowRight", "Enter", *keys):
            page.keyboard.press(key)
        page.wait_for_timeout(200)
        for side, most in zip(("Width", "Height"), size, strict=True):
            assert frame.evaluate(f"document.documentElement.scroll{side}") <= most
        for key in keys:
            page.keyboard.press(key)
