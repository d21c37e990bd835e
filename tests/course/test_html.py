import base64
import re

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_output

from fidle_vae.course.html import notebook_html
from tests.helpers.browser import watch
from tests.helpers.small_lessons import make_notebook

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
# what a browser fetches by itself when it opens a page
FETCHED = "[src], [srcset], link[href], object[data], use[href], [poster]"


def outside(page):
    """Addresses outside the page that a browser would ask for."""
    soup = BeautifulSoup(page, "html.parser")
    addresses = [
        tag.get(name)
        for tag in soup.select(FETCHED)
        for name in ("src", "srcset", "href", "data", "poster")
        if tag.get(name)
    ]
    styles = "".join(str(tag) for tag in soup.find_all("style"))
    styles += "".join(tag["style"] for tag in soup.select("[style]"))
    addresses += re.findall(r"url\(\s*[\"']?([^)\"']+)", styles)
    assert "@import" not in styles
    return [address for address in addresses if not address.startswith("data:")]


def page(*cells, outputs=(), folder="", run_folder=None):
    notebook = make_notebook("# A lesson", *cells)
    for output in outputs:
        notebook.cells[-1].outputs.append(output)
    return notebook_html(notebook, "A lesson", folder, run_folder)


def prose(markdown):
    """What becomes of a Markdown cell."""
    soup = BeautifulSoup(page(f"# Title\n\n{markdown}"), "html.parser")
    return soup.select(".jp-MarkdownOutput")[-1]


def test_a_page_asks_nothing_of_the_network():
    html = page(
        "# Links\n\n![far](https://example.org/a.png) and [a paper](https://example.org/paper)",
        "1",
        outputs=[
            new_output("display_data", {"image/png": PIXEL, "text/plain": "<Figure>"}),
            new_output(
                "display_data",
                {
                    "text/html": '<link rel="stylesheet" href="https://example.org/a.css">'
                    '<script src="//example.org/a.js"></script><b>kept</b>'
                },
            ),
        ],
    )
    assert outside(html) == []
    assert "<b>kept</b>" in html
    assert 'href="https://example.org/paper"' in html  # which a reader may follow
    assert not BeautifulSoup(html, "html.parser").find("script")


def test_a_widget_is_shown_by_what_needs_no_network():
    widget = "application/vnd.jupyter.widget"
    data = {f"{widget}-view+json": {"model_id": "1"}, "text/plain": "a slider"}
    notebook = make_notebook("1")
    notebook.cells[0].outputs.append(new_output("display_data", data))
    notebook.metadata["widgets"] = {f"{widget}-state+json": {"state": {"1": {"model_name": "A"}}}}
    html = notebook_html(notebook, "A lesson", "")
    assert outside(html) == []
    assert "unpkg" not in html  # from where a script would fetch what draws widgets
    assert "a slider" in html


@pytest.mark.parametrize(
    ("formula", "display", "signs"),
    [
        (r"$z = \mu + \sigma \odot \varepsilon$", "inline", "z=μ+σ⊙ε"),  # noqa: RUF001
        (r"$\varepsilon \sim \mathcal{N}(0, I)$", "inline", "ε∼𝒩(0,I)"),  # noqa: RUF001
        (r"$a_1 * b_1 * c < d$", "inline", "a1*b1*c<d"),
        (r"$$\mathrm{KL} = \tfrac12 \sum_d \sigma_d^2$$", "block", "KL=12∑dσd2"),  # noqa: RUF001
        ("$$\n\\begin{aligned}\na &= b \\\\\n &= c\n\\end{aligned}\n$$", "block", "a=b=c"),
        ("\\begin{align*}\na &= b\n\\end{align*}", "block", "a=b"),
        ("\\begin{equation}\na = b\n\\end{equation}", "block", "a=b"),
    ],
)
def test_formulas_become_mathml(formula, display, signs):
    found = prose(f"Here: {formula}" if display == "inline" else f"Here:\n\n{formula}")
    math = found.find("math")
    assert math["display"] == display
    assert re.sub(r"\s", "", math.get_text()) == signs
    assert "$" not in found.get_text()
    assert "\\" not in found.get_text()
    assert not found.find("em")


def test_the_bars_of_a_norm_are_of_one_height():
    bars = prose(r"$\lVert x \rVert^2$").find_all("mo")
    assert [bar["stretchy"] for bar in bars] == ["false", "false"]


def test_the_name_of_a_function_stands_apart_from_what_it_meets():
    math = prose(r"$\log p(x) + \log(y) + x_i \log (z)$").find("math")
    for space in math.find_all("mspace"):
        space.string = "_"
    assert math.get_text() == "log_p(x)+log(y)+xi_log(z)"


@pytest.mark.parametrize("formula", [r"$\left( x$", r"$x^$", r"$\unknown{x}$", r"$a & b$"])
def test_a_formula_that_cannot_be_converted_stays_as_it_is(formula):
    found = prose(f"Here {formula}.")
    assert not found.find("math")
    assert formula in found.get_text()


def test_code_is_no_formula():
    found = prose("Pay `$5$` or\n\n```python\nprice = '$$6$$ and $a$'\n```\n\nor\n\n    $7$\n")
    assert not found.find("math")
    for code in ("$5$", "$$6$$ and $a$", "$7$"):
        assert code in found.get_text()


def test_an_output_in_latex_becomes_mathml():
    html = page("1", outputs=[new_output("display_data", {"text/latex": r"$\mu^2$"})])
    assert BeautifulSoup(html, "html.parser").find("math").get_text() == "μ2"


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        ("VAE2.ipynb", "../VAE2/VAE2.html"),
        ("./VAE2.ipynb#part", "../VAE2/VAE2.html#part"),
        ("https://example.org/VAE2.ipynb", "https://example.org/VAE2.ipynb"),
        ("#part", "#part"),
    ],
)
def test_links_between_lessons_lead_to_their_pages(link, leads_to):
    assert prose(f"[next]({link})").find("a", string="next")["href"] == leads_to


def test_a_figure_has_its_caption_as_its_alternative_text():
    alt = {"image/png": {"alt": 'A "fine" figure & more'}}
    figures = [
        new_output("display_data", {"image/png": PIXEL}, metadata=metadata)
        for metadata in (alt, {}, {"image/png": {"width": 3}})
    ]
    images = BeautifulSoup(page("plot()", outputs=figures), "html.parser").find_all("img")
    assert [image["alt"] for image in images] == [
        'A "fine" figure & more', "Figure that this cell draws", "Figure that this cell draws",
    ]  # fmt: skip
    assert all(image["src"] == f"data:image/png;base64,{PIXEL}" for image in images)


def test_a_film_is_shown():
    data = {"image/gif": PIXEL, "text/plain": "<Image object>"}
    alt = {"image/gif": {"alt": 'A <morph>, "slow"'}}
    film = new_output("display_data", data, metadata=alt)
    html = page("film", outputs=[film, new_output("display_data", data)])
    first, second = BeautifulSoup(html, "html.parser").find_all("img")
    assert first["src"] == f"data:image/gif;base64,{PIXEL}"
    assert first["alt"] == 'A <morph>, "slow"'
    assert second["alt"] == "Figure that this cell draws"


def test_a_video_is_shown_with_controls():
    data = {"video/mp4": PIXEL, "text/plain": "<Video object>"}
    film = new_output("display_data", data, metadata={"video/mp4": {"alt": "A training"}})
    video = BeautifulSoup(page("film", outputs=[film]), "html.parser").find("video")
    assert video["src"] == f"data:video/mp4;base64,{PIXEL}"
    assert video.has_attr("controls")
    assert video["aria-label"] == "A training"


EXPLORER = """<!DOCTYPE html><title>An explorer</title><body><p>0</p><script>
let data = 0 < 1, address = "//example.org/"; // data = //example.org/ "quoted" & more: é
addEventListener("keydown", (event) => {
  const { textContent: number } = document.querySelector("p");
  if (event.key === "ArrowRight") document.querySelector("p").textContent = +number + 1;
});
</script></body>"""


def explorer_output(name="explorer.html"):
    data = {"image/png": PIXEL, "text/plain": "An explorer"}
    return new_output("execute_result", data, metadata={"fidle_vae": {"explorer": name}})


def test_an_explorer_is_within_the_page_unchanged_behind_its_still_picture(tmp_path):
    (tmp_path / "explorer.html").write_text(EXPLORER, encoding="utf-8")
    html = page("explorer", outputs=[explorer_output()], run_folder=tmp_path)
    assert outside(html) == []
    box = BeautifulSoup(html, "html.parser").select_one(".explorer")
    assert box.img["src"] == f"data:image/png;base64,{PIXEL}"
    assert base64.b64decode(box.iframe["data-page"]).decode() == EXPLORER
    assert not box.iframe.has_attr("srcdoc")  # until it is near


@pytest.mark.parametrize("name", ["other.html", ""])
def test_an_explorer_without_its_page_stays_a_still_picture(tmp_path, name):
    (tmp_path / "explorer.html").write_text(EXPLORER, encoding="utf-8")
    for folder, found in ((tmp_path, name), (None, "explorer.html")):
        html = page("explorer", outputs=[explorer_output(found)], run_folder=folder)
        soup = BeautifulSoup(html, "html.parser")
        assert soup.find("img")["src"] == f"data:image/png;base64,{PIXEL}"
        assert not soup.find(["iframe", "script"])


@pytest.mark.browser
def test_the_explorer_of_a_page_lives_when_it_is_near(browser, tmp_path):
    (tmp_path / "explorer.html").write_text(EXPLORER, encoding="utf-8")
    far = "# Far\n\n" + "Words.\n\n" * 200
    html = page(far, "explorer", outputs=[explorer_output()], run_folder=tmp_path)
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    with browser.new_context(offline=True) as context:
        problems = watch(context)
        opened = context.new_page()
        opened.goto((tmp_path / "page.html").as_uri())
        box, inside = opened.locator(".explorer"), opened.frame_locator("iframe").locator("p")
        assert not box.locator("iframe").get_attribute("srcdoc")
        assert box.locator("img").is_visible()
        box.scroll_into_view_if_needed()
        opened.locator(".explorer.live iframe").wait_for()
        assert not box.locator("img").is_visible()
        inside.click()
        opened.keyboard.press("ArrowRight")
        assert inside.inner_text() == "1"
    assert problems == []


def test_of_claims_the_page_shows_the_output_only():
    notebook = make_notebook("# A", "run.claim('it holds')", "shown = 1")
    notebook.cells[1].metadata["tags"] = ["claims"]
    claim = {"text/html": "<p>It is so.</p>", "text/plain": "It is so."}
    notebook.cells[1].outputs.append(new_output("display_data", claim))
    text = BeautifulSoup(notebook_html(notebook, "A", ""), "html.parser").find("main").get_text()
    assert "It is so." in text
    assert "shown = 1" in text
    assert "run.claim" not in text


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_as_wide_as_a_phone(browser, tmp_path, scheme):
    wide = [
        new_output("display_data", {"text/html": f'<img width="1500" src="{data}">'})
        for data in ("data:image/gif;base64," + PIXEL, "data:image/png;base64," + PIXEL)
    ]
    table = "# A\n\n| " + " | ".join(["a long word"] * 9) + " |\n|" + "---|" * 9 + "\n"
    formula = "# B\n\n$$" + " + ".join(["z_{mean}^2"] * 20) + "$$\n\n`" + "long_code." * 9 + "`"
    code = "x = '" + "wide " * 20 + "'"
    wide.append(new_output("stream", name="stdout", text="printed " * 40 + "\n" + "x" * 300))
    (tmp_path / "page.html").write_text(page(table, formula, code, outputs=wide), encoding="utf-8")
    with browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme=scheme, offline=True
    ) as context:
        phone = context.new_page()
        phone.goto((tmp_path / "page.html").as_uri())
        assert phone.evaluate("document.documentElement.scrollWidth") == 390
        assert phone.evaluate(CLIPPED) == []


CLIPPED = """() => {
  const within = (part) => {
    for (let box = part; box !== document.body; box = box.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(box).overflowX)) return true; // it scrolls
    }
    return part.getBoundingClientRect().right <= innerWidth;
  };
  return [...document.querySelectorAll("main *")].filter((part) => !within(part))
    .map((part) => `${part.tagName} ${part.className} ${part.textContent.slice(0, 40)}`);
}"""


def test_html_that_is_closed_in_a_later_piece_stays_open_until_then():
    found = prose("<details><summary>Why?</summary>\n\nSo, <b>and</b>.\n\n</details>\n\nAfter.")
    assert found.find("details").get_text(" ", strip=True) == "Why? So, and ."
    assert found.find("p", string="After.").parent.name != "details"


def test_pictures_in_markdown_are_put_in(tmp_path):
    (tmp_path / "a.png").write_bytes(base64.b64decode(PIXEL))
    html = page("# Look\n\n![a pixel](a.png)", folder=tmp_path)
    image = BeautifulSoup(html, "html.parser").find("img", alt="a pixel")
    assert image["src"].startswith("data:image/png;base64,")


def test_the_bars_of_a_training_that_was_stopped_are_shown_as_they_were_last():
    pieces = ["Epoch 1/2\n", "1/2 loss 9\r", "\x1b[1m2/2\x1b[0m loss <8>\n"]
    html = page("1", outputs=[new_output("stream", name="stdout", text=text) for text in pieces])
    assert "loss 9" not in html
    assert "\x1b" not in html
    assert "2/2 loss <8>" in BeautifulSoup(html, "html.parser").get_text()


def test_an_error_is_shown():
    error = new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: no <b>"])
    assert "ValueError: no &lt;b&gt;" in page("1", outputs=[error])


def test_the_page_leads_back_to_the_report_and_the_notebook_is_left_as_it_was():
    notebook = make_notebook("# A lesson", "1")
    before = str(notebook)
    soup = BeautifulSoup(notebook_html(notebook, "A <lesson>", ""), "html.parser")
    assert str(notebook) == before
    assert soup.find("nav").a["href"] == "../report/index.html"
    assert soup.title.get_text() == "A <lesson>"
    assert "prefers-color-scheme: dark" in str(soup)
