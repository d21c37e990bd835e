"""The row of classes that a conditional decoder can be asked for."""

import numpy as np
import pytest

from fidle_vae.explorer.spec.decoder import decoder_spec
from fidle_vae.explorer.spec.packing import Packer
from fidle_vae.models import build_decoder
from tests.helpers.explorer_models import CLASSES, assert_same_image, decoded
from tests.helpers.explorer_pages import opener as opener
from tests.helpers.explorer_pages import until
from tests.helpers.explorer_pages import window as window
from tests.helpers.javascript import run_decoders

pytestmark = pytest.mark.browser


@pytest.fixture
def explorer(open_explorer):
    return open_explorer("conditional")


def row(explorer):
    """Return the image of each class in the row."""
    return [explorer.pixels(".ask canvas", label)[..., :3] for label in range(len(CLASSES))]


def ask(explorer, name):
    """Return the button of a class in the row."""
    group = explorer.page.get_by_role("group", name="Class to draw")
    return group.get_by_role("button", name=name, exact=True)


def as_each(explorer, z):
    return [decoded(explorer.shown.decoders[0], z, label) for label in range(len(CLASSES))]


@pytest.mark.parametrize("kind", ["mlp", "strided"])
def test_node_decodes_each_class_as_keras_does(tmp_path, kind):
    decoder, packer = build_decoder(kind, (8, 8, 1), 3, condition=4), Packer()
    spec = decoder_spec(decoder, packer, precision="float32")
    assert (spec["inputDim"], spec["classes"]) == (3, 4)
    z = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
    labels = [0, 1, 2, 3, 3, 0, 0, 2]
    points = np.column_stack([z, labels]).tolist()
    answer = run_decoders(tmp_path, packer.data, decoders=[{"spec": spec, "points": points}])
    expected = decoder.predict([z, np.eye(4)[labels]], verbose=0)
    assert np.reshape(answer["images"][0], expected.shape) == pytest.approx(expected, abs=1e-5)


def test_in_many_dimensions_it_opens_at_the_first_image_as_its_class(open_explorer):
    explorer = open_explorer("conditional, four")
    shown = explorer.shown
    label = int(shown.dataset.y_test[0])
    assert label != 0
    assert ask(explorer, CLASSES[label]).get_attribute("aria-pressed") == "true"
    first = shown.codes[0][0]
    np.testing.assert_allclose(explorer.z, first, atol=0.0051)
    assert_same_image(explorer.image(), decoded(shown.decoders[0], first, label))
    explorer.press("k")  # another class is in the address, the first one is not
    until(lambda: "as=" in explorer.page.evaluate("location.hash"))
    for _ in CLASSES[1:]:
        explorer.press("k")
    until(lambda: "as=" not in explorer.page.evaluate("location.hash"))


def test_a_row_shows_the_point_as_each_class(explorer):
    seen = explorer.hover(0.7, -0.9)
    expected = as_each(explorer, seen)
    assert np.abs(expected[0] - expected[1]).max() > 20  # so that a class makes a difference
    until(
        lambda: all(np.abs(a - b).max() <= 2 for a, b in zip(row(explorer), expected, strict=True))
    )
    assert explorer.page.locator(".ask span").all_inner_texts() == list(CLASSES)


def test_a_chosen_class_is_drawn_at_the_same_point(explorer):
    seen = explorer.hover(0.7, -0.9)
    ask(explorer, "stain").click()
    assert_same_image(explorer.image(), decoded(explorer.shown.decoders[0], seen, 2))
    assert ask(explorer, "stain").get_attribute("aria-pressed") == "true"
    assert ask(explorer, "blob").get_attribute("aria-pressed") == "false"
    explorer.press("k")
    assert ask(explorer, "blob").get_attribute("aria-pressed") == "true"
    assert_same_image(explorer.image(), decoded(explorer.shown.decoders[0], seen, 0))
    explorer.press("Shift+K")
    assert_same_image(explorer.image(), decoded(explorer.shown.decoders[0], seen, 2))


def test_a_path_between_pins_is_drawn_as_the_chosen_class(explorer):
    ends = []
    for at in ((-1.5, 0.5), (1.5, 0.5)):
        ends.append(explorer.hover(*at))
        explorer.press("Enter")
    ask(explorer, "spot").click()
    strip = explorer.strip()
    for end, seen in zip(ends, (strip[0], strip[-1]), strict=True):
        assert_same_image(seen, decoded(explorer.shown.decoders[0], end, 1))


def test_a_held_out_image_is_decoded_as_its_own_class(explorer):
    explorer.click(*explorer.shown.codes[0][7])
    index = int(explorer.page.locator(".pair figcaption").inner_text().split()[-1])
    label = explorer.shown.dataset.y_test[index]
    pressed = explorer.page.locator(".ask[aria-pressed=true] span").inner_text()
    assert pressed == CLASSES[label]
    expected = decoded(explorer.shown.decoders[0], explorer.shown.codes[0][index], label)
    assert_same_image(explorer.pixels(".pair > :nth-child(2) canvas")[..., :3], expected)


def test_the_address_holds_the_class(explorer):
    ask(explorer, "spot").click()
    until(lambda: "as=1" in explorer.page.evaluate("location.hash"))
    explorer.page.evaluate("location.hash = 'z=0.5,0.5&as=2'")
    until(lambda: ask(explorer, "stain").get_attribute("aria-pressed") == "true")
    assert_same_image(explorer.image(), decoded(explorer.shown.decoders[0], [0.5, 0.5], 2))
    explorer.page.evaluate("location.hash = 'z=0.5,0.5&as=9'")  # there is no such class
    until(lambda: ask(explorer, "blob").get_attribute("aria-pressed") == "true")


def test_beside_a_plain_model_only_the_other_is_asked(open_explorer):
    explorer = open_explorer("conditional and plain")
    before = explorer.image(1)
    ask(explorer, "stain").click()
    assert_same_image(explorer.image(0), decoded(explorer.shown.decoders[0], [0, 0], 2))
    assert np.array_equal(explorer.image(1), before)


def test_a_plain_model_has_no_row(open_explorer):
    assert open_explorer("grey").page.locator(".asks").count() == 0


@pytest.mark.parametrize("presenting", [False, True])
@pytest.mark.parametrize("pinned", [False, True])
def test_all_is_in_sight_without_scrolling(explorer, presenting, pinned):
    explorer.click(0.5, 0.5)
    if pinned:
        explorer.click(-0.5, 0.5)
    else:
        explorer.press("x")
    explorer.page.evaluate("document.body.focus()")
    if presenting:
        explorer.button("Present").click()
    bottom = explorer.page.locator(".roll .strip" if pinned else ".asks").bounding_box()
    assert bottom["y"] + bottom["height"] <= 720
    assert explorer.page.locator(".plane").bounding_box()["height"] > 200
