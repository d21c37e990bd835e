import csv
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from fidle_vae.checks.engine.result import LOOKS as LOOKS_OF_CHECKS
from fidle_vae.grading.outcome import LOOKS, Finding, Outcome
from fidle_vae.grading.tables import write_tables
from tests.course.test_html import outside
from tests.runs.test_report import luminance

EVIL = '"><script>alert(1)</script>'
TWICE = "Your KL is twice what it should be. For z_mean = [1]: 2 where 1 is expected."


def outcome(name, lesson="VAE1", status="finished", note="", **findings):
    """Return the outcome of a submission, with findings such as `kl="right"`."""
    found = {key: Finding(*((value,) if isinstance(value, str) else value))
             for key, value in findings.items()}  # fmt: skip
    return Outcome(name, lesson, status, note, 41.2, found)


def write(tmp_path, *outcomes, count=None):
    """Write the tables; return the rows of the CSV and the page."""
    path = tmp_path / "grades.csv"
    write_tables(path, outcomes, count or len(outcomes), "Submissions run alone.")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return rows, BeautifulSoup(path.with_suffix(".html").read_text(encoding="utf-8"), "html.parser")


def test_the_table_has_a_column_for_each_exercise_of_each_lesson(tmp_path):
    rows, _ = write(
        tmp_path,
        outcome("zoe/VAE1", kl="right", loss="wrong"),
        outcome("anna/VAE2", "VAE2", grid="to do", kl="right"),
        outcome("bob/x", "", "not a notebook", "It cannot be read."),
    )
    assert rows == [
        ["submission", "lesson", "status", "right", "of", "seconds", "kl", "loss", "grid", "note"],
        ["anna/VAE2", "VAE2", "finished", "1", "2", "41.2", "right", "", "to do", ""],
        ["bob/x", "", "not a notebook", "", "", "41.2", "", "", "", "It cannot be read."],
        ["zoe/VAE1", "VAE1", "finished", "1", "2", "41.2", "right", "wrong", "", ""],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_text_is_a_formula_for_a_spreadsheet(tmp_path, start):
    rows, _ = write(tmp_path, outcome(f"{start}cmd()", note=f"{start}1+1"))
    assert rows[1][0] == f"'{start}cmd()"
    assert rows[1][-1] == f"'{start}1+1"


def test_each_lesson_has_its_own_exercises_on_the_page(tmp_path):
    _, page = write(
        tmp_path, outcome("a", kl="right", loss="wrong"), outcome("b", "VAE2", grid="missing")
    )
    heads = {
        section["id"]: [th.text for th in section.find("table").find_all("th", scope="col")][4:]
        for section in page.select("section[id]")
    }
    assert heads == {"VAE1": ["kl", "loss"], "VAE2": ["grid"]}
    assert [a["href"] for a in page.header.find_all("a")][:2] == ["#VAE1", "#VAE2"]


def test_a_cell_shows_sign_word_and_message(tmp_path):
    _, page = write(tmp_path, outcome("a", kl=("wrong", "kl_without_half", TWICE), loss="right"))
    wrong, right = page.select("td.value")
    assert wrong.text.split() == ["✗", "wrong"]
    assert wrong["title"] == TWICE
    assert right.text.split() == ["✓", "right"]
    assert not right.has_attr("title")


def test_attempts_and_hints_stand_in_the_details_as_what_the_notebook_says(tmp_path):
    _, page = write(tmp_path, outcome("a", kl=("right", None, "", 3, 1), loss="right"))
    kl, loss = page.select(".details dd")
    assert kl.select_one(".practice").text == "3 attempts and 1 hint, as the notebook says"
    assert loss.select_one(".practice") is None
    assert "as the notebook says" not in page.footer.text
    assert "the submitted notebook says" in page.footer.text


def test_signs_are_those_of_the_checks():
    for value, (_, sign, *_) in LOOKS_OF_CHECKS.items():
        assert LOOKS[value] == (value, sign)


def test_mistakes_are_counted_with_the_commonest_first_and_without_their_evidence(tmp_path):
    other = "Shape (3,) where (3, 1) is expected."
    _, page = write(
        tmp_path,
        outcome("a", kl=("wrong", "shape", other)),
        outcome("b", kl=("wrong", "kl_without_half", TWICE)),
        outcome("c", kl=("wrong", "kl_without_half", TWICE.replace("[1]", "[2]"))),
        outcome("d", kl=("wrong", "error", "Line 3 raises TypeError: x.")),
        outcome("e", kl=("wrong", "error", "Line 4 raises TypeError: x.")),
        outcome("f", kl=("to do", "not_done", "Complete it.")),
    )
    said = [" ".join(li.text.split()) for li in page.select(".mistakes li")]
    sign = "\N{MULTIPLICATION SIGN}"
    assert said == [
        f"2 {sign} Your KL is twice what it should be. kl_without_half",
        f"2 {sign} Such as: Line 3 raises TypeError: x. error",
        f"1 {sign} {other} shape",
    ]


def test_the_page_shows_the_progress_and_the_isolation(tmp_path):
    _, page = write(tmp_path, outcome("a", kl="right"), count=12)
    assert "1 of 12 submissions so far" in page.header.text
    assert "Submissions run alone." in page.footer.text
    _, page = write(tmp_path, outcome("a", kl="right"))
    assert "so far" not in page.header.text


def test_all_text_is_escaped(tmp_path):
    _, page = write(
        tmp_path,
        outcome(EVIL, "VAE1", EVIL, EVIL, **{EVIL: ("wrong", EVIL, EVIL)}),
        outcome(EVIL, "", EVIL, EVIL),
    )
    assert len(page.find_all("script")) == 1
    assert "alert" not in page.script.text
    assert page.select_one("td.value")["title"] == EVIL
    assert page.select_one("button.fold .name").text == EVIL


def test_the_page_needs_no_network(tmp_path):
    write(tmp_path, outcome("a", kl=("wrong", "x", "y")), outcome("b", "", "not a notebook"))
    text = (tmp_path / "grades.html").read_text(encoding="utf-8")
    assert outside(text) == []
    assert "http" not in text


def test_the_page_can_be_read_aloud_and_by_keyboard(tmp_path):
    _, page = write(tmp_path, outcome("a", kl=("wrong", "x", TWICE)), outcome("b", kl="right"))
    assert page.html["lang"] == "en"
    folds = page.select("button.fold")  # reachable by keyboard
    assert len(folds) == 2
    for fold in folds:
        assert fold["aria-expanded"] == "false"
        row = page.find(id=fold["aria-controls"])
        assert row.has_attr("hidden")
    assert TWICE in page.find(id=folds[0]["aria-controls"]).text
    assert all(page.find(id=tag["aria-labelledby"]) for tag in page.select("[aria-labelledby]"))
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(set(ids)) == len(ids)
    for rule in ("prefers-color-scheme: dark", "prefers-reduced-motion", "@media print",
                 ":focus-visible"):  # fmt: skip
        assert rule in page.style.text


def test_text_has_enough_contrast_with_its_background(tmp_path):
    style = write(tmp_path, outcome("a", kl="right"))[1].style.text
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in style.split("@media")[:2]
    )
    on = {"ink": "page card", "soft": "page card", "accent": "page card"}
    on |= {name: f"{name}-card" for name in ("right", "wrong", "wait", "missing", "none")}
    for palette in (light, dark):
        for ink, papers in on.items():
            for paper in papers.split():
                low, high = sorted(luminance(palette[name]) for name in (ink, paper))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, paper)


@pytest.mark.browser
def test_details_unfold_by_keyboard_and_names_can_be_hidden(tmp_path, page):
    write(tmp_path, outcome("anna/VAE1", kl=("wrong", "x", TWICE)))
    page.goto((tmp_path / "grades.html").as_uri())
    detail = page.get_by_text(TWICE)
    assert not detail.is_visible()
    page.get_by_role("button", name="anna/VAE1").focus()
    page.keyboard.press("Enter")
    assert detail.is_visible()
    page.keyboard.press("Enter")
    assert not detail.is_visible()
    page.get_by_label("Numbers instead of names").check()
    assert not page.get_by_text("anna").is_visible()
    assert page.get_by_role("button", name="Submission 1").is_visible()


def test_tables_that_cannot_be_written_leave_the_former_ones(tmp_path, monkeypatch):
    before, _ = write(tmp_path, outcome("a", kl="right"))
    monkeypatch.setattr("fidle_vae.grading.tables._write_csv", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_tables(tmp_path / "grades.csv", [], 1, "")
    with (tmp_path / "grades.csv").open(newline="") as file:
        assert list(csv.reader(file)) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["grades.csv", "grades.html"]


def test_a_page_that_cannot_be_written_leaves_the_former_one(tmp_path, monkeypatch):
    write(tmp_path, outcome("a", kl="right"))
    before = (tmp_path / "grades.html").read_bytes()

    def full(path, *_, **__):
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="disk full"):
        write_tables(tmp_path / "grades.csv", [], 1, "")
    assert (tmp_path / "grades.html").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["grades.csv", "grades.html"]
