import base64
import io
import re
from importlib.resources import files
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from fidle_vae.cli.main import main
from fidle_vae.course import lessons, slides
from fidle_vae.course.catalogue import catalogue
from fidle_vae.course.slides import KINDS, slides_html, write_slides
from tests.course.test_html import EXPLORER, PIXEL, explorer_output, outside
from tests.helpers.browser import watch
from tests.helpers.small_lessons import write_lesson

ROOT = Path(__file__).parents[2]
REVEAL = files("fidle_vae.course") / "templates" / "revealjs"
WIDGET = "application/vnd.jupyter.widget"


def cell(kind, source, *outputs, tags=()):
    """A cell with its slide type: code where it assigns something, or has an output."""
    metadata = {"slideshow": {"slide_type": kind}, "tags": list(tags)}
    if outputs or re.match(r"\w+ = ", source):
        code = new_code_cell(source, metadata=metadata, execution_count=1)
        code.outputs = list(outputs)
        return code
    return new_markdown_cell(source, metadata=metadata)


def figure(width=1200, height=800, kind="image/png"):
    file = io.BytesIO()
    Image.new("RGB", (width, height), "#1f5fa8").save(file, kind.removeprefix("image/"))
    data = {kind: base64.b64encode(file.getvalue()).decode(), "text/plain": "<Figure>"}
    return new_output("display_data", data)


def printed(text):
    return new_output("stream", name="stdout", text=text)


def page_of(*cells, title="A lesson", folder="", run_folder=None):
    notebook = new_notebook(cells=list(cells), metadata={"language_info": {"name": "python"}})
    return slides_html(notebook, title, folder, run_folder)


def soup_of(*cells, **kwargs):
    return BeautifulSoup(page_of(*cells, **kwargs), "html.parser")


def texts(tags):
    return [" ".join(tag.get_text().split()) for tag in tags]


def test_a_slide_is_a_section_in_a_section_and_a_fragment_comes_later_in_it():
    soup = soup_of(
        cell("slide", "# Title"),
        cell("-", "### with it"),
        cell("subslide", "### below"),
        cell("fragment", "### later"),
        cell("slide", "## Next"),
    )
    stacks = soup.select(".slides > section")
    assert [texts(stack.select(":scope > section")) for stack in stacks] == [
        ["Title with it", "below later"], ["Next"],
    ]  # fmt: skip
    assert texts(soup.select(".fragment")) == ["later"]


def test_notes_are_for_the_speaker_and_what_is_skipped_is_not_there():
    soup = soup_of(
        cell("skip", "before all"),
        cell("slide", "# Title"),
        cell("notes", "say this"),
        cell("skip", "x = 1", printed("nobody sees it")),
    )
    (notes,) = soup.select("section aside.notes")
    assert texts([notes]) == ["say this"]
    notes.decompose()
    assert texts(soup.select(".slides")) == ["Title"]


def test_a_cell_may_show_its_output_alone_or_its_code_alone():
    both, output, code = [
        cell("slide", f"{name} = 1", printed("printed"), tags=tags)
        for name, tags in (("a", ()), ("b", ["slide-output"]), ("c", ["slide-code"]))
    ]
    assert texts(soup_of(both, output, code).select(".slides > section")) == [
        "a = 1 printed", "printed", "c = 1",
    ]  # fmt: skip


def test_slides_ask_nothing_of_the_network():
    drawn = {"text/html": '<script src="//example.org/a.js"></script><b>kept</b>'}
    widget = {f"{WIDGET}-view+json": {"model_id": "1"}, "image/png": PIXEL}
    notebook = new_notebook(
        cells=[
            cell("slide", "# A ![far](https://example.org/a.png) [link](https://example.org/p)"),
            cell("slide", "x = 1", figure(), new_output("display_data", drawn)),
            cell("slide", "y = 1", new_output("display_data", widget)),
        ],
        metadata={"widgets": {f"{WIDGET}-state+json": {"state": {"1": {"model_name": "A"}}}}},
    )
    page = slides_html(notebook, "A lesson", "")
    assert outside(page) == []
    for name in ("unpkg", "cdnjs", "jsdelivr", "require.min.js", "MathJax", "jquery", "mermaid"):
        assert name not in page
    soup = BeautifulSoup(page, "html.parser")
    assert soup.find("b", string="kept")
    assert soup.find("a", string="link")["href"] == "https://example.org/p"
    assert soup.find("img", src=f"data:image/png;base64,{PIXEL}")  # the widget's still picture


def test_reveal_is_within_the_page_unchanged_and_its_licence_is_beside_it():
    scripts = [tag.string.strip() for tag in soup_of(cell("slide", "# A")).find_all("script")]
    assert scripts[:2] == [
        (REVEAL / name).read_text(encoding="utf-8").strip() for name in ("reveal.js", "notes.js")
    ]
    assert len(scripts) == 4
    assert "Permission is hereby granted, free of charge" in (REVEAL / "LICENSE").read_text()


def test_formulas_become_mathml():
    soup = soup_of(
        cell("slide", "# The $z = \\mu$\n\n$$\\mathrm{KL} = 1$$"),
        cell("notes", "say $\\beta$"),
    )
    assert [math["display"] for math in soup.find_all("math")] == ["inline", "block", "inline"]
    assert "$" not in soup.select_one(".slides").get_text()


def test_pictures_and_films_are_put_in(tmp_path):
    (tmp_path / "a.png").write_bytes(base64.b64decode(PIXEL))
    film = figure(kind="image/gif")
    film.metadata["image/gif"] = {"alt": 'A "fine" film'}
    soup = soup_of(
        cell("slide", "# A ![a pixel](a.png)"),
        cell("slide", "x = 1", film, tags=["slide-output"]),
        folder=tmp_path,
    )
    pixel, moving = soup.find_all("img")
    assert pixel["src"] == f"data:image/png;base64,{PIXEL}"
    assert moving["src"] == f"data:image/gif;base64,{film.data['image/gif']}"
    assert moving["alt"] == 'A "fine" film'


def test_of_claims_only_the_output_is_shown():
    claim = new_output("display_data", {"text/html": '<p class="claim">It is so.</p>'})
    soup = soup_of(cell("slide", "y = run.claim()", claim, tags=["claims"]))
    assert texts(soup.select(".slides > section")) == ["It is so."]


def test_a_link_to_a_lesson_leads_to_its_slides():
    soup = soup_of(cell("slide", "# A [next](VAE2.ipynb#part)"))
    assert soup.find("a", string="next")["href"] == "VAE2.html#part"


def test_the_title_of_the_page_is_that_of_the_lesson():
    assert soup_of(cell("slide", "# A"), title="A <b> & c").title.get_text() == "A <b> & c"


# -- From lessons to pages ------------------------------------------------------------------


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with one lesson; `mark` sets its slide types."""
    monkeypatch.setattr(lessons, "project_dir", lambda: tmp_path)
    write_lesson(tmp_path, "VAE1", "## Part", "print('seed is', seed)")
    mark(tmp_path)
    return tmp_path


@pytest.fixture
def runs(monkeypatch, project):
    """A runner that executes nothing: it writes down what it was asked for, and outputs."""
    asked = []

    def run_lessons(ids, run_dir):
        asked.extend(ids)
        for id in ids:
            execute(project, id, run_dir)

    monkeypatch.setattr(slides, "run_lessons", run_lessons)
    return asked


def mark(project, kinds=("slide", "skip", "slide", "-"), id="VAE1"):
    path = project / "notebooks" / f"{id}.ipynb"
    notebook = nbformat.read(path, 4)
    for of, kind in zip(notebook.cells, kinds, strict=True):
        of.metadata["slideshow"] = {"slide_type": kind}
    nbformat.write(notebook, path)


def change(path, edit):
    notebook = nbformat.read(path, 4)
    edit(notebook.cells)
    nbformat.write(notebook, path)


def execute(project, id, run_dir, text="seed is 123"):
    notebook = nbformat.read(project / "notebooks" / f"{id}.ipynb", 4)
    code = [each for each in notebook.cells if each.cell_type == "code"]
    for number, of in enumerate(code):
        of.execution_count = number + 1
    code[-1].outputs = [printed(text)]
    (Path(run_dir) / id).mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, Path(run_dir) / id / f"{id}.ipynb")


def slide_texts(run_dir, id="VAE1"):
    page = (run_dir / "slides" / f"{id}.html").read_text(encoding="utf-8")
    return texts(BeautifulSoup(page, "html.parser").select(".slides > section"))


LESSON = ["VAE1: a small lesson", "Part print('seed is', seed) seed is 123"]


def test_a_lesson_that_has_not_been_run_is_run_first(project, tmp_path, capfd):
    """With the true runner, and a kernel."""
    index = write_slides(run_dir=tmp_path / "runs")
    assert index == tmp_path / "runs" / "slides" / "index.html"
    assert slide_texts(tmp_path / "runs") == LESSON
    assert (tmp_path / "runs" / "VAE1" / "VAE1.html").exists()
    assert f"The slides are in {index}" in capfd.readouterr().out


def test_a_lesson_that_has_been_run_is_not_run_again(project, tmp_path, runs):
    write_slides(["VAE1"], tmp_path / "runs")
    assert runs == ["VAE1"]
    write_slides(["VAE1"], tmp_path / "runs")
    assert runs == ["VAE1"]
    assert slide_texts(tmp_path / "runs") == LESSON


def test_prose_and_marks_may_change_without_a_new_run(project, tmp_path, runs):
    write_slides(run_dir=tmp_path / "runs")
    path = project / "notebooks" / "VAE1.ipynb"
    change(path, lambda cells: cells[2].update(source="## Better words"))
    mark(project, ("slide", "skip", "slide", "subslide"))
    write_slides(run_dir=tmp_path / "runs")
    assert runs == ["VAE1"]
    assert slide_texts(tmp_path / "runs")[1].startswith("Better words")


@pytest.mark.parametrize(
    ("where", "edit"),
    [
        ("notebooks", lambda cells: cells[-1].update(source="print('other')")),
        ("notebooks", lambda cells: cells.append(new_code_cell("x = 1"))),
        ("notebooks", lambda cells: cells.pop()),
        ("runs/VAE1", lambda cells: cells[-1].update(execution_count=None)),
        ("runs/VAE1", lambda cells: cells[-1].outputs.append(new_output("error", ename="E"))),
    ],
    ids=["changed", "longer", "shorter", "interrupted", "failed"],
)
def test_a_lesson_whose_code_is_not_that_of_its_run_is_run_again(
    project, tmp_path, runs, where, edit
):
    write_slides(run_dir=tmp_path / "runs")
    change(tmp_path / where / "VAE1.ipynb", edit)
    write_slides(run_dir=tmp_path / "runs")
    assert runs == ["VAE1", "VAE1"]


def test_a_damaged_run_is_run_again(project, tmp_path, runs):
    (tmp_path / "runs" / "VAE1").mkdir(parents=True)
    (tmp_path / "runs" / "VAE1" / "VAE1.ipynb").write_text("{")
    write_slides(run_dir=tmp_path / "runs")
    assert slide_texts(tmp_path / "runs") == LESSON


@pytest.mark.parametrize(("kind", "shown"), [("-", True), ("skip", False)])
def test_slides_of_a_run_with_other_parameters_say_which(project, tmp_path, runs, kind, shown):
    mark(project, ("slide", kind, "slide", "-"))
    execute(project, "VAE1", tmp_path / "runs")
    injected = new_code_cell("seed = 7", metadata={"tags": ["injected-parameters"]})
    injected.execution_count = 2
    change(tmp_path / "runs" / "VAE1" / "VAE1.ipynb", lambda cells: cells.insert(2, injected))
    write_slides(run_dir=tmp_path / "runs")
    assert runs == []
    assert slide_texts(tmp_path / "runs")[0].endswith("seed = 123 seed = 7") == shown
    assert ("seed = 7" in str(slide_texts(tmp_path / "runs"))) == shown


def test_the_index_leads_to_the_slides_of_all_lessons_in_their_order(project, tmp_path, runs):
    own = write_lesson(tmp_path, "A-MINE", "print('a <b> & c')")
    change(own, lambda cells: cells[0].update(source="# A & `b`"))
    mark(tmp_path, ("slide", "-", "-"), "A-MINE")
    write_slides(["VAE1"], tmp_path / "runs")
    index = write_slides(["A-MINE"], tmp_path / "runs")
    page = index.read_text(encoding="utf-8")
    links = [(a["href"], a.get_text()) for a in BeautifulSoup(page, "html.parser").select("li a")]
    assert links == [("VAE1.html", catalogue()["VAE1"].title), ("A-MINE.html", "A & b")]
    assert outside(page) == []


def test_slides_that_cannot_be_written_leave_the_old_ones(project, tmp_path, runs, monkeypatch):
    write_slides(run_dir=tmp_path / "runs")
    before = (tmp_path / "runs" / "slides" / "VAE1.html").read_bytes()

    def full(path, *_, **__):
        with path.open("w") as file:
            file.write("half")
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="disk full"):
        write_slides(run_dir=tmp_path / "runs")
    assert (tmp_path / "runs" / "slides" / "VAE1.html").read_bytes() == before
    names = {path.name for path in (tmp_path / "runs" / "slides").iterdir()}
    assert names == {"VAE1.html", "index.html"}


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (("-", "-", "-", "-"), "no cell of .*VAE1.ipynb begins a slide: set the slide types"),
        (("slide", "page", "-", "-"), "slide_type must be one of slide, .*; got 'page' in cell 2"),
    ],
)
def test_a_lesson_without_sound_marks_is_refused_before_any_run(
    project, tmp_path, runs, kinds, words
):
    mark(project, kinds)
    with pytest.raises(ValueError, match=words):
        write_slides(run_dir=tmp_path / "runs")
    assert runs == []


def test_the_command_says_in_one_sentence_what_is_wrong(project, capsys):
    assert main(["slides", "VAE9"]) == 1
    assert re.fullmatch(r"fidle-vae: no lesson is named 'VAE9'.*\.\n", capsys.readouterr().err)


@pytest.mark.parametrize("lesson", catalogue())
def test_each_cell_of_a_lesson_says_what_it_is_on_the_slides(lesson):
    notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", 4)
    kinds = [of.metadata.get("slideshow", {}).get("slide_type") for of in notebook.cells]
    for of, kind in zip(notebook.cells, kinds, strict=True):
        assert kind in KINDS, of.source


# -- In a browser ---------------------------------------------------------------------------

PROSE = "Each image is a table of grey levels, and we look for the few numbers that say it. "
POINT = "**Each image is a table of grey levels, and we look for the few numbers that say it.** "
CLAIM = '<p class="claim" style="margin: 0.3em 0"><b>✓</b> Most images keep their class. 93 %</p>'
CODE = "\n\n".join(
    f"def function_{i}(a):\n" + "\n".join(f"    x{j} = a + {j}  # {'wide ' * 14}" for j in range(6))
    for i in range(5)
)
LONG = [
    cell("slide", "# A lesson\n\n**A question?**\n\n" + "\n".join(f"- {PROSE}" for _ in range(4))),
    cell("notes", "Say $\\beta$ aloud."),
    cell("slide", f"## Prose\n\n{PROSE * 8}{POINT}\n\n$$z = \\mu + \\sigma \\cdot \\varepsilon$$"),
    cell("subslide", "## Code\n\n**Read it.**"),
    cell("-", f"y = 0\n\n\n{CODE}"),
    cell("subslide", "y = 1", figure(1200, 800), tags=["slide-output"]),
    cell("fragment", f"**What to notice.** {PROSE * 4}{POINT}"),
    cell("subslide", "y = 2", figure(2400, 500), tags=["slide-output"]),
    cell("fragment", f"**What to notice.** {PROSE * 4}{POINT * 2}"),
    cell("subslide", "y = 3", figure(600, 900, "image/gif"), printed("a line\n" * 3)),
    cell("subslide", "y = 4", figure(800, 800), figure(800, 800), tags=["slide-output"]),
    cell("subslide", "z = 1", printed(f"{PROSE * 4}\n" * 3)),
    cell("subslide", "z = 2", *[new_output("display_data", {"text/html": CLAIM})] * 3),
    cell("subslide", "| a | b |\n|---|---|\n" + f"| {PROSE} | {PROSE} |\n" * 3),
    cell(
        "slide", "## Quiz\n\n" + "\n".join(f"1. {PROSE}\n" + f"   - {PROSE}\n" * 3 for _ in "123")
    ),
]
LOOK = """() => {
  const frame = Reveal.getCurrentSlide().querySelector(".frame");
  const box = frame.getBoundingClientRect(), size = (tag) => tag.getBoundingClientRect();
  const parts = [...frame.querySelectorAll("p, li, pre, .line, img, math, h1, h2, h3, td, iframe")];
  const picture = frame.querySelector(".picture img");
  const letters = (tags) => parts.filter((part) => part.matches(tags))
    .map((part) => parseFloat(getComputedStyle(part).fontSize));
  return {
    text: frame.innerText.slice(0, 40),
    scrolls: frame.scrollHeight > frame.clientHeight + 1
      || frame.scrollWidth > frame.clientWidth + 1,
    cut: [...frame.querySelectorAll("pre")]
      .filter((pre) => pre.scrollWidth > pre.clientWidth + 1).length,
    out: parts.filter((part) => {
      const at = size(part);
      return at.left < box.left || at.right > box.right + 1 || at.top < box.top
        || at.bottom > box.bottom + 1 || at.bottom > innerHeight + 1 || at.right > innerWidth + 1;
    }).map((part) => part.outerHTML.slice(0, 60)),
    words: Math.min(99, ...letters("p, li, td, h1, h2, h3")),
    code: Math.min(99, ...letters("pre, .line")),
    share: picture ? Math.max(size(picture).width / box.width, size(picture).height / box.height)
      : null,
    fragments: [...frame.querySelectorAll(".fragment")]
      .map((part) => getComputedStyle(part).visibility),
    notes: [...frame.parentElement.querySelectorAll("aside")]
      .map((part) => part.textContent.trim()).join("\\n"),
  };
}"""


def opened(page, path, *cells, run_folder=None):
    path.write_text(page_of(*cells, run_folder=run_folder), encoding="utf-8")
    page.goto(path.as_uri())
    page.wait_for_function("window.Reveal?.isReady()")
    return page


def walk(page):
    """Yield what each step of the slides shows, from the first to the last."""
    places = set()
    while True:
        yield page.evaluate(LOOK)
        places.add(page.evaluate("Object.values(Reveal.getIndices()).join()"))
        if page.evaluate("Reveal.isLastSlide() && !Reveal.availableFragments().next"):
            break
        page.keyboard.press("ArrowRight")
        assert page.evaluate("Object.values(Reveal.getIndices()).join()") not in places


def require_readable(seen):
    """Require that nothing is cut off, and that the last row can read code and words."""
    assert (seen["scrolls"], seen["cut"], seen["out"]) == (False, 0, []), seen
    assert seen["code"] >= 24, seen  # of 720
    assert seen["words"] >= 20, seen
    assert (seen["share"] or 1) > 0.4, seen


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1024, 768)], ids=str)
def test_the_arrow_key_walks_through_all_slides_and_nothing_is_cut_off(browser, tmp_path, size):
    with browser.new_context(
        viewport={"width": size[0], "height": size[1]}, offline=True
    ) as context:
        problems = watch(context)
        page = opened(context.new_page(), tmp_path / "slides.html", *LONG)
        steps = list(walk(page))
        for seen in steps:
            require_readable(seen)
    assert len(steps) > len(LONG)
    assert not problems


@pytest.mark.browser
@pytest.mark.parametrize("lesson", catalogue())
def test_nothing_on_the_slides_of_a_lesson_is_cut_off_or_small(page, tmp_path, lesson):
    """With stand-ins for what a run shows: figures, and three claims a cell."""
    notebook = nbformat.read(ROOT / "notebooks" / "solutions" / f"{lesson}.ipynb", 4)
    for number, of in enumerate(notebook.cells):
        if "claims" in of.metadata.get("tags", ()):
            of.outputs = [new_output("display_data", {"text/html": CLAIM})] * 3
        elif "run.show(" in of.get("source") and of.cell_type == "code":
            of.outputs = [figure(*[(1800, 900), (1200, 1000), (2400, 600)][number % 3])]
    path = tmp_path / "slides.html"
    path.write_text(slides_html(notebook, lesson, ROOT / "notebooks"), encoding="utf-8")
    page.goto(path.as_uri())
    page.wait_for_function("window.Reveal?.isReady()")
    for seen in walk(page):
        require_readable(seen)
        assert seen["text"].strip(), seen


@pytest.mark.browser
def test_a_fragment_waits_for_its_key_while_the_figure_stands_still(page, tmp_path):
    opened(page, tmp_path / "slides.html", *LONG[5:7])
    before = page.evaluate(LOOK)
    page.keyboard.press("ArrowRight")
    after = page.evaluate(LOOK)
    assert (before["fragments"], after["fragments"]) == (["hidden"], ["visible"])
    assert before["share"] == after["share"] > 0.6


@pytest.mark.browser
def test_a_figure_alone_fills_its_slide(page, tmp_path):
    opened(page, tmp_path / "slides.html", cell("slide", "# A"), cell("slide", "y = 1", figure()))
    seen = list(walk(page))
    assert len(seen) == 3  # the code, then its figure
    assert seen[-1]["share"] > 0.85


@pytest.mark.browser
def test_words_that_leave_no_room_for_a_figure_come_on_the_slide_after_it(page, tmp_path):
    many = cell("fragment", "**What to notice.** " + POINT * 5)
    figure_cell = cell("subslide", "y = 1", figure(), tags=["slide-output"])
    opened(page, tmp_path / "slides.html", cell("slide", "## A"), figure_cell, many)
    _, alone, *later = walk(page)
    assert alone["share"] > 0.8
    assert not alone["fragments"]
    assert "What to notice" not in alone["text"]
    assert "What to notice" in later[0]["text"]


@pytest.mark.browser
def test_long_code_goes_on_below_at_a_blank_line_and_wide_code_wraps(page, tmp_path):
    opened(page, tmp_path / "slides.html", cell("slide", f"y = 0\n\n\n{CODE}"))
    shown, sizes = [], set()
    for seen in walk(page):
        require_readable(seen)
        sizes.add(seen["code"])
        lines = "[...Reveal.getCurrentSlide().querySelectorAll('.line')].map(l => l.textContent)"
        shown.append(page.evaluate(lines))
    assert len(shown) > 2
    assert all(lines[0].startswith("def ") for lines in shown[1:])
    assert [line for lines in shown for line in lines if line.strip()] == [
        line for line in f"y = 0\n{CODE}".splitlines() if line.strip()
    ]
    assert page.locator(".goes-on").count() == len(shown) - 1


@pytest.mark.browser
def test_short_code_is_larger(page, tmp_path):
    opened(page, tmp_path / "slides.html", cell("slide", "y = 1"))
    assert page.evaluate(LOOK)["code"] > 30


@pytest.mark.browser
def test_each_question_of_a_quiz_has_a_slide(page, tmp_path):
    opened(page, tmp_path / "slides.html", *LONG[-1:])
    seen = list(walk(page))
    assert len(seen) == 3
    numbers = page.locator(".frame > ol").evaluate_all("lists => lists.map(list => list.start)")
    assert numbers == [1, 2, 3]


@pytest.mark.browser
def test_what_fits_no_slide_can_be_scrolled_to(page, tmp_path):
    row = f"| {PROSE} | {PROSE} |\n"
    too_long = cell("slide", "| a | b |\n|---|---|\n" + row * 20 + "| The end. | |\n")
    opened(page, tmp_path / "slides.html", too_long)
    frame = page.locator(".frame")
    assert frame.get_attribute("data-scrolls") is not None
    frame.focus()
    page.mouse.move(600, 400)
    page.mouse.wheel(0, 100_000)
    end = page.get_by_text("The end.", exact=True)
    page.wait_for_function(
        "end => end.getBoundingClientRect().bottom <= innerHeight", arg=end.element_handle()
    )


@pytest.mark.browser
def test_the_speakers_window_shows_the_prose_of_the_slide(page, tmp_path):
    opened(page, tmp_path / "slides.html", *LONG[:3])
    with page.expect_popup() as opening:
        page.keyboard.press("s")
    notes = opening.value.get_by_text("Say β aloud.")
    notes.wait_for()
    assert notes.is_visible()
    assert not page.get_by_text("aloud").is_visible()
    page.keyboard.press("ArrowRight")
    opening.value.get_by_text("for the few numbers that say it").first.wait_for()


@pytest.mark.browser
def test_prose_alone_makes_no_slide_and_its_notes_go_to_the_next(page, tmp_path):
    opened(
        page,
        tmp_path / "slides.html",
        cell("slide", "# A"),
        cell("subslide", "Before it."),
        cell("subslide", "y = 1"),
        cell("fragment", "**What to notice.** After it."),
        cell("slide", "The end."),
    )
    first, code = walk(page)
    assert first["notes"] == ""
    assert code["notes"].split("\n") == ["Before it.", "What to notice. After it.", "The end."]
    assert "What to notice" not in page.locator(".slides .frame").last.inner_text()


@pytest.mark.browser
def test_the_heading_of_an_exercise_stands_above_its_code(page, tmp_path):
    exercise = cell("subslide", f"### Exercise: the KL\n\n{PROSE}")
    opened(
        page, tmp_path / "slides.html", cell("slide", "## A"), exercise, cell("subslide", "y = 1")
    )
    _, seen = walk(page)
    assert seen["text"].split() == ["A", "Exercise:", "the", "KL", "y", "=", "1"]


@pytest.mark.browser
def test_the_keys_show_all_slides_and_all_keys_and_later_slides_name_their_section(page, tmp_path):
    opened(page, tmp_path / "slides.html", *LONG[:9])
    page.keyboard.press("Escape")
    assert page.evaluate("Reveal.isOverview()")
    page.keyboard.press("o")
    assert not page.evaluate("Reveal.isOverview()")
    page.keyboard.press("F1")
    page.get_by_text("Keyboard Shortcuts").wait_for()
    assert "F1" in page.locator(".hint").inner_text()
    names = page.locator(".running").all_inner_texts()
    assert set(names) == {"Prose", "Code"}


@pytest.fixture
def with_explorer(page, tmp_path):
    """Slides with an explorer on the fourth one."""
    (tmp_path / "explorer.html").write_text(EXPLORER, encoding="utf-8")
    titles = [cell("slide", f"## Slide {number}") for number in (1, 2, 3)]
    output = explorer_output()
    output.data["image/png"] = figure(1200, 600).data["image/png"]
    explorer = cell("subslide", "y = explorer", output, tags=["slide-output"])
    after = cell("fragment", POINT)
    return opened(page, tmp_path / "slides.html", *titles, explorer, after, run_folder=tmp_path)


@pytest.mark.browser
def test_an_explorer_is_loaded_when_its_slide_is_near_and_fills_it(with_explorer):
    page, iframe = with_explorer, with_explorer.locator(".explorer iframe")
    assert not iframe.get_attribute("srcdoc")
    page.keyboard.press("ArrowRight")
    assert not iframe.get_attribute("srcdoc")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".explorer.live", state="attached")
    page.keyboard.press("ArrowRight")
    require_readable(page.evaluate(LOOK))
    box = iframe.bounding_box()
    assert box["width"] > 1200
    assert box["height"] > 560
    page.keyboard.press("ArrowRight")  # which the slides get, as nobody has clicked
    assert page.evaluate("Reveal.getCurrentSlide().innerText").count("grey levels") == 1


@pytest.mark.browser
@pytest.mark.parametrize("back", ["Escape", "click beside it"])
def test_an_explorer_with_the_focus_has_the_keys_until_it_gives_them_back(with_explorer, back):
    page, inside = with_explorer, with_explorer.frame_locator("iframe").locator("p")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector(".explorer.live")
    place = page.evaluate("Reveal.getIndices()")
    inside.click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert inside.inner_text() == "2"
    assert page.evaluate("Reveal.getIndices()") == place
    if back == "Escape":
        page.keyboard.press("Escape")
    else:
        page.mouse.click(640, 20)
    assert not page.evaluate("Reveal.isOverview()")
    page.keyboard.press("ArrowRight")
    assert inside.inner_text() == "2"
    assert page.evaluate("Reveal.getIndices()") != place


@pytest.mark.browser
def test_a_film_starts_anew_whenever_its_slide_is_shown(page, tmp_path):
    film = cell("slide", "y = 1", figure(kind="image/gif"), tags=["slide-output"])
    opened(page, tmp_path / "slides.html", cell("slide", "# A"), film)
    image = page.locator(".picture img")
    sources = [image.get_attribute("src")]
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        sources.append(image.get_attribute("src"))
        page.keyboard.press("ArrowLeft")
    assert sources[0].startswith("data:image/gif")
    assert len({source for source in sources[1:] if source.startswith("blob:")}) == 2
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.picture img').naturalWidth === 1200")


@pytest.mark.browser
def test_a_video_plays_from_its_beginning_on_its_slide_only(page, tmp_path):
    data = {"video/mp4": PIXEL, "text/plain": "<Video>"}
    video = cell("slide", "y = 1", new_output("display_data", data), tags=["slide-output"])
    path = tmp_path / "slides.html"
    path.write_text(page_of(cell("slide", "# A"), video, cell("slide", "# B")), encoding="utf-8")
    page.add_init_script("""
      window.calls = [];
      HTMLMediaElement.prototype.play = function () { calls.push("play", this.currentTime); };
      HTMLMediaElement.prototype.pause = () => calls.push("pause");
    """)
    page.goto(path.as_uri())
    page.wait_for_function("window.Reveal?.isReady()")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("calls").count("play") == 1
    assert page.evaluate("calls")[-1] == "pause"
