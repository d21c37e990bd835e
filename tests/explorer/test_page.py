"""The explorer's page, opened from the disk without a network: what it shows and blocks."""

import itertools

import numpy as np
import pytest
from scipy import stats

from fidle_vae.explorer.content import explorer_content
from fidle_vae.explorer.export import write_page
from tests.helpers.browser import OFF_LINE, watch
from tests.helpers.explorer_models import (
    CLASSES,
    GREY,
    MODELS,
    assert_same_image,
    autoencoder,
    blobs,
    decoded,
    shown,
)
from tests.helpers.explorer_pages import number, page_of, until
from tests.helpers.explorer_pages import opener as opener
from tests.helpers.explorer_pages import window as window

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", MODELS)
def test_where_the_pointer_is_the_page_shows_what_keras_decodes(open_explorer, name):
    explorer = open_explorer(name)
    panels = len(explorer.shown.decoders)
    origin = np.array(explorer.shown.content.get("start", [0.0] * explorer.latent_dim))
    off_plane = origin - explorer.plane.lift(explorer.plane.project(origin))
    pixel = 2 * explorer.view[2] / 300
    label = explorer.shown.content.get("label", 0)
    before = [explorer.image(panel) for panel in range(panels)]
    for share in ((0.3, 0.2), (-0.5, 0.6), (0.7, -0.35)):
        at = explorer.view[2] * np.array(share)
        z = explorer.hover(*at, panel=panels - 1)
        expected = explorer.plane.lift(at[: len(explorer.plane.axes)]) + off_plane
        np.testing.assert_allclose(z, expected, atol=pixel)
        np.testing.assert_allclose(explorer.z, z, atol=0.006)
        for panel, decoder in enumerate(explorer.shown.decoders):
            image = explorer.image(panel)
            assert_same_image(image, decoded(decoder, z, label))
            assert np.abs(image - before[panel]).max() > 5
            before[panel] = image


@pytest.mark.parametrize("name", ["grey", "six", "two", "no labels", "far"])
def test_codes_are_marked_where_they_lie_in_the_colour_of_their_class(open_explorer, name):
    explorer = open_explorer(name)
    labels = explorer.shown.dataset.y_test
    for panel, codes in enumerate(explorer.shown.codes):
        points = explorer.plane.project(codes)
        seen = [explorer.marks(k, panel) for k in range(3)]
        x, y, half = explorer.view
        column, row = ((points - (x, y)) * (1, -1) + half).T * len(seen[0]) / (2 * half)
        apart = np.hypot(column[:, None] - column, row[:, None] - row) + 99 * np.eye(len(codes))
        inside = (np.abs([column, row]) < len(seen[0]) - 8).all(axis=0) & (column > 60) & (row > 60)
        alone = np.flatnonzero((apart.min(axis=1) > 14) & inside)
        assert len(alone) > 15
        right = [
            seen[0 if labels is None else labels[i]][int(row[i]), int(column[i])] for i in alone
        ]
        assert np.mean(right) > 0.8  # a line of the prior or a letter may cover a mark


def test_on_a_line_codes_are_marked_in_a_row_for_each_class(open_explorer):
    explorer = open_explorer("line")
    [codes], labels = explorer.shown.codes, explorer.shown.dataset.y_test
    rows = []
    for k in range(3):
        x, y = explorer.middle(explorer.marks(k))
        assert x == pytest.approx(codes[labels == k].mean(), abs=0.25)
        rows.append(y)
    assert rows == sorted(rows, reverse=True)
    assert explorer.marks(0).sum() > 500


def test_the_prior_is_drawn_with_its_sigma(open_explorer):
    explorer = open_explorer("bare")
    picture = explorer.pixels(".plane canvas:first-child")
    ink = (picture[..., :3].max(axis=-1) < 60) & (picture[..., 3] > 200)
    size = len(ink)
    for sigma, share in ((1, 0.9), (2, 0.3), (3, 0.1)):  # whole, dashed, dotted
        angle = np.radians([*range(10, 36), *range(56, 350)])
        at = sigma * np.array([np.cos(angle), -np.sin(angle)]) + 3.4
        column, row = np.rint(at * size / 6.8 - 0.5).astype(int)
        assert ink[row, column].mean() >= share
        off = ((at - 3.4) * (sigma + 0.2) / sigma + 3.4) * size / 6.8
        column, row = np.rint(off - 0.5).astype(int)
        assert ink[row, column].mean() < 0.1
    written = explorer.written()
    assert written["1\u03c3"] == pytest.approx((0.5**0.5, 0.5**0.5), abs=0.02)
    assert written["3\u03c3"] == pytest.approx((4.5**0.5, 4.5**0.5), abs=0.02)


def test_axes_are_named_and_numbered(open_explorer):
    explorer = open_explorer("grey")
    written = explorer.written()
    assert {"z0 (\u03c3) \u2192", "\u2191 z1 (\u03c3)"} <= set(written)
    assert written["\u22121"][1] == pytest.approx(-1, abs=0.01)  # the last one with that name
    explorer = open_explorer("six")
    assert {"PC 1 (\u03c3) \u2192", "\u2191 PC 2 (\u03c3)"} <= set(explorer.written())


def test_readings_show_place_density_and_class(open_explorer):
    explorer = open_explorer("two")
    z = explorer.hover(1.1, -0.6)
    readings = explorer.page.locator(".info dd")
    density, radius = (number(readings.nth(i).inner_text().split()[0]) for i in (1, 2))
    assert density == pytest.approx(stats.norm.logpdf(z).sum(), abs=0.006)
    assert radius == pytest.approx(np.linalg.norm(z), abs=0.006)
    assert readings.nth(1).inner_text().endswith(" nats")
    expected = []
    for codes in explorer.shown.codes:
        near = np.linalg.norm(codes - z, axis=1).argsort()[:15]
        votes = np.bincount(explorer.shown.dataset.y_test[near], minlength=3)
        most = [
            f"{CLASSES[k]} ({100 * votes[k] / 15:.0f} %)"
            for k in np.flatnonzero(votes == votes.max())
        ]
        expected.append(most)
    until(lambda: readings.nth(3).inner_text() in map(" | ".join, itertools.product(*expected)))


def test_a_policy_in_the_page_lets_nothing_out_and_nothing_in(browser, tmp_path):
    """Tested on a page with a network, as users have it."""
    context = browser.new_context()
    problems = watch(context, allowed=(*OFF_LINE, "http://127.0.0.1:9/"))
    page = context.new_page()
    page.goto(page_of("bare", tmp_path))
    page.set_default_timeout(5000)
    page.evaluate("""() => {
        window.blocked = [];
        document.addEventListener("securitypolicyviolation",
            (event) => window.blocked.push(event.effectiveDirective));
        const address = "http://127.0.0.1:9/";
        const put = (tag, where) => {
            document.body.append(Object.assign(document.createElement(tag), where));
        };
        put("img", { src: address });
        put("script", { src: address });
        put("link", { rel: "stylesheet", href: address });
        put("iframe", { src: address });
        put("object", { data: address });
        fetch(address).catch(() => 0);
        try { new Worker(URL.createObjectURL(new Blob([""]))); } catch {}
    }""")
    until(lambda: len(page.evaluate("window.blocked")) == 7)
    blocked = page.evaluate("window.blocked")
    context.close()
    assert set(blocked) == {
        "img-src", "script-src-elem", "style-src-elem", "frame-src", "object-src", "connect-src",
        "worker-src",
    }  # fmt: skip
    assert all("Content Security Policy" in problem for problem in problems), problems


NASTY = (
    '<img src=x onerror="window.ran=1"></script><script>window.ran=1</script><!-- \'" {{data}} '
    "&lt;b&gt; \u2028 \\u003c \\"
)


def test_names_are_shown_as_they_are_and_never_run(page, tmp_path):
    one, other = f"1 {NASTY}", f"2 {NASTY}"
    dataset = blobs(GREY)._replace(class_names=tuple(f"{k} {NASTY}" for k in range(3)))
    models = {one: autoencoder(GREY, 2), other: autoencoder(GREY, 2, seed=2)}
    content, data = explorer_content(models, dataset, title=NASTY)
    page.goto(write_page(tmp_path / "explorer.html", content, data).as_uri())

    def text(selector):
        return page.locator(selector).first.evaluate("(found) => found.textContent")

    page.keyboard.press("n")
    until(lambda: NASTY in text(".unseen"))
    assert page.title() == NASTY
    assert text("h1") == NASTY
    assert text("h2").startswith(one)
    assert text(".class:last-child") == f"2 {NASTY}"
    assert NASTY in text("figcaption")
    assert NASTY in text(".info dd:last-child")
    assert one in page.locator("canvas.image").first.get_attribute("aria-label")
    assert page.evaluate("window.ran") is None
    inside = "document.querySelector('#explorer').shadowRoot.querySelectorAll('img, script, b')"
    assert page.evaluate(f"[...{inside}].every((found) => found.textContent.length === 1)")
    assert page.locator("img").count() == 0


def test_a_page_of_two_thousand_images_fits_in_an_email(tmp_path):
    made = shown("pretrained")
    count = min(2000, len(made.dataset.x_test))
    assert made.content["images"]["count"] == count
    assert made.content["models"][0]["codes"]["shape"] == [count, 2]
    page = write_page(tmp_path / "explorer.html", made.content, made.data)
    assert page.stat().st_size <= 1.5e6


def test_without_a_pointer_the_page_shows_the_centre_of_the_prior(open_explorer):
    explorer = open_explorer("bare")
    assert explorer.z.tolist() == [0, 0]
    assert_same_image(explorer.image(), decoded(explorer.shown.decoders[0], [0, 0]))
    assert explorer.cursor() == pytest.approx((0, 0), abs=0.02)
