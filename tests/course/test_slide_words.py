"""A slide shows little of a Markdown cell, and its speaker reads the rest."""

from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from fidle_vae.course.slides import slides_html
from tests.helpers.small_lessons import make_notebook


def page_of(*cells):
    """Return the slides of some Markdown cells."""
    notebook = make_notebook(*cells)
    for cell in notebook.cells:
        cell.metadata["slideshow"] = {"slide_type": "slide"}
    return BeautifulSoup(slides_html(notebook, "A lesson", ""), "html.parser")


def divide(*cells):
    """Return of each Markdown cell the lines that a slide shows, and its notes."""
    divided = []
    for words in page_of(*(f"# A cell\n\n{cell}" for cell in cells)).select(".words"):
        notes = words.find("aside")
        said = text(notes.extract()) if notes else ""
        divided.append(([text(part) for part in words.find_all(True, recursive=False)][1:], said))
    return divided if len(cells) > 1 else divided[0]


def text(tag):
    return " ".join(tag.get_text().split())


def test_paragraphs_are_notes():
    assert divide("One.\n\nAnd *another* one.") == ([], "One. And another one.")


def test_a_point_that_followed_a_colon_begins_with_a_capital_but_for_code():
    shown, notes = divide("A test: **is it so?** And: **`fit` trains.**")
    assert shown == ["Is it so?", "fit trains."]
    assert notes == "A test: is it so? And: fit trains."
    page = page_of("# A cell\n\nA test: **is it so?**")
    assert len(page.select("p.point")) == 1  # and not a lead-in, though of three words


def test_headings_and_tables_and_code_are_shown():
    shown, notes = divide("### Part\n\n| a |\n|---|\n| 1 |\n\n```python\nx = 1\n```")
    assert (shown, notes) == (["Part", "a 1", "x = 1"], "")


def test_a_displayed_formula_is_shown_and_one_in_a_sentence_is_not():
    formulas = ["$$a$$", "\\begin{equation}\na\n\\end{equation}"]
    divided = divide(*(f"We know $b$:\n\n{formula}\n\nSo." for formula in formulas))
    assert divided == [(["a"], "We know b: So.")] * 2


def test_a_formula_amid_a_paragraph_is_shown():
    assert divide("From\n$$a$$\nfollows") == (["a"], "From a follows")


def test_a_short_list_is_shown_and_a_long_one_is_notes():
    five = "- a\n- b\n- c\n- d\n- e"
    assert divide(five, f"{five}\n- f", "1. one\n   - (a) x\n   - (b) y\n2. two") == [
        (["a b c d e"], ""), ([], "a b c d e f"), (["one (a) x (b) y two"], ""),
    ]  # fmt: skip


def test_of_a_paragraph_the_sentences_in_bold_are_shown():
    shown = {
        "**It is so.**": ["It is so."],
        "First. **It is so.** Then.": ["It is so."],
        "First. **It is so**. Then.": ["It is so"],
        "**Is it so?** Yes. **It is, by $x$.**": ["Is it so?", "It is, by x."],
        "**It is so**": ["It is so"],
        "We call it the **prior**. Then.": [],
        "We call it the **prior**": [],
        "It is **far too large.** Then.": [],
        "**The prior** is a Gaussian.": [],
        "**Next:** [VAE2](VAE2.ipynb) does it.": [],
    }
    found = [lines for lines, _ in divide(*shown)]
    assert dict(zip(shown, found, strict=True)) == shown


def test_the_notes_keep_the_whole_paragraph_unless_all_of_it_is_shown():
    assert divide("**It is so.** We see it **here.**", "**It is so.** **We see it.**") == [
        (["It is so."], "It is so. We see it here."), (["It is so.", "We see it."], ""),
    ]  # fmt: skip


def test_few_bold_words_before_others_lead_in():
    soup = page_of("# A\n\n**What to notice.** We see. **The codes stay near the centre.**")
    assert [text(tag) for tag in soup.select(".lead-in")] == ["What to notice."]
    assert [text(tag) for tag in soup.select(".point")] == ["The codes stay near the centre."]


def test_answers_are_notes_and_stand_open_there():
    answer = "<details><summary>Why?</summary>\n\n**So it is.**\n\n</details>"
    assert divide(f"**Think of this.**\n\n{answer}") == (["Think of this."], "Why? So it is.")
    assert page_of(f"# A\n\n{answer}").select_one("aside.notes details").has_attr("open")


def test_a_cell_of_notes_stays_whole_and_what_code_shows_is_no_prose():
    said = new_markdown_cell("# Say\n\n**this.**", metadata={"slideshow": {"slide_type": "notes"}})
    code = new_code_cell("1", metadata={"slideshow": {"slide_type": "slide"}})
    code.outputs = [new_output("display_data", {"text/markdown": "Plain words"})]
    notebook = new_notebook(cells=[code, said])
    soup = BeautifulSoup(slides_html(notebook, "A lesson", ""), "html.parser")
    (notes,) = soup.select("aside.notes")
    assert text(notes) == "Say this."
    notes.decompose()
    assert "Plain words" in text(soup.select_one(".slides"))
