"""The lessons as files: generated from their sources, and built as a lesson should be."""

import ast
import itertools
import json
import re
from pathlib import Path

import nbformat
import pytest
from build_notebooks import NOTEBOOKS, build
from nbformat.v4 import new_code_cell

from fidle_vae.common.wording import duration
from fidle_vae.course.catalogue import catalogue
from fidle_vae.course.lessons import read_parameters
from fidle_vae.course.markdown import headings

MOST_WORDS, MOST_SECTIONS = 2_000, 10
MARKUP_OF_NO_WORDS = (
    r"^```.*?^```",  # code; names of code within a sentence are read, and count
    r"<details>.*?</details>",
    r"\$\$.*?\$\$",
    r"\$[^$\n]+(?:\n[^$\n]+)?\$",
    r"\]\([^)]*\)",  # where a link leads
    r"^[#\s>-]+ |^\|[-|: ]+\|$",
)
LESSONS = catalogue()
SOLVED = {f"{lesson}-solved": NOTEBOOKS / "solutions" / f"{lesson}.ipynb" for lesson in LESSONS}
PATHS = {lesson: NOTEBOOKS / f"{lesson}.ipynb" for lesson in LESSONS} | SOLVED


def read(name):
    return nbformat.read(PATHS[name], as_version=nbformat.NO_CONVERT)


def tags(cell):
    return cell.metadata.get("tags", ())


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_every_lesson_has_its_source_and_notebooks_and_there_are_no_others():
    sources = {path.stem for path in (NOTEBOOKS / "src").glob("*.py")}
    for folder in (NOTEBOOKS, NOTEBOOKS / "solutions"):
        assert sources == {path.stem for path in folder.glob("*.ipynb")} == set(LESSONS)


@pytest.mark.parametrize("name", PATHS)
def test_a_notebook_is_what_its_source_makes(name):
    path = PATHS[name]
    made = build(NOTEBOOKS / "src" / f"{path.stem}.py", solved=name in SOLVED)
    assert json.loads(nbformat.writes(made)) == json.loads(nbformat.writes(read(name))), (
        f"{path} is not what notebooks/src/{path.stem}.py makes: "
        "edit the source and run `make notebooks`"
    )


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_cell_keeps_its_id_when_others_change(lesson, tmp_path):
    source = NOTEBOOKS / "src" / f"{lesson}.py"
    longer = tmp_path / source.name
    longer.write_text("# %% [markdown]\n# One cell more.\n\n" + source.read_text())
    before, after = build(source), build(longer)
    assert [cell.id for cell in after.cells[1:]] == [cell.id for cell in before.cells]
    assert len({cell.id for cell in after.cells}) == len(after.cells)


@pytest.mark.parametrize("lesson", PATHS)
def test_a_notebook_holds_no_output(lesson):
    notebook = read(lesson)
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code_cells(notebook))
    assert notebook.metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("lesson", PATHS)
def test_the_parameters_have_the_defaults_that_all_lessons_share(lesson):
    parameters = read_parameters(PATHS[lesson])
    own = LESSONS[lesson.removesuffix("-solved")].datasets == ["drawn"]  # pictures, all of them
    assert parameters.items() >= ({"folder": ""} if own else {"dataset": "auto"}).items()
    assert parameters["seed"] == 123
    assert parameters["scale"] in ((1,) if own else (0.1, 0.3))


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_begins_with_its_title_its_question_and_its_measured_time(lesson):
    entry, cells = LESSONS[lesson], read(lesson).cells
    assert headings(cells[0].source)[0] == entry.title
    assert f"**{entry.question}**" in cells[0].source
    assert duration(entry.seconds).replace(".0 s", " s") in cells[1].source


@pytest.mark.parametrize("lesson", PATHS)
def test_a_code_cell_is_short_and_has_prose_before_it(lesson):
    cells = read(lesson).cells
    for before, cell in zip([None, *cells], cells, strict=False):
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 25, cell.source
            if {"check", "claims"} & set(tags(cell)):
                continue
            assert before.cell_type == "markdown", cell.source
            prose = re.sub(r"^#.*$", "", before.source, flags=re.MULTILINE).strip()
            assert len(prose) > 20, cell.source


@pytest.mark.parametrize("lesson", PATHS)
def test_a_check_stands_right_below_every_exercise(lesson):
    cells = read(lesson).cells
    exercises = [i for i, cell in enumerate(cells) if "exercise" in tags(cell)]
    assert len(exercises) >= 4
    assert [i + 1 for i in exercises] == [
        i for i, cell in enumerate(cells) if "check" in tags(cell)
    ]
    for i in exercises:
        assert re.search(r"^### Exercise: |^## (\d+\. )?Quiz", cells[i - 1].source, re.MULTILINE)
        assert "check." in cells[i + 1].source
    assert "check.summary()" in code_cells(read(lesson))[-1].source


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_stub_does_not_give_its_solution_away(lesson):
    stubs, solved = ([c for c in code_cells(read(name)) if "exercise" in tags(c)]
                     for name in (lesson, f"{lesson}-solved"))  # fmt: skip
    for stub, solution in zip(stubs, solved, strict=True):
        only = set(solution.source.splitlines()) - set(stub.source.splitlines())
        assert only
        assert set(stub.source.splitlines()) - set(solution.source.splitlines()), stub.source
        ast.parse(stub.source)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_asks_the_questions_and_has_the_programs_of_its_entry(lesson):
    text = "\n".join(cell.source for cell in code_cells(read(lesson)))
    assert re.findall(r'check\.answer\("([\w-]+)"', text) == list(LESSONS[lesson].quiz)
    assert re.findall(r"check\.program\((\w+)", text) == list(LESSONS[lesson].programs)


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_figure_is_followed_by_claims_or_by_words(lesson):
    cells = read(lesson).cells
    for cell, after in itertools.pairwise(cells):
        if cell.cell_type == "code" and "run.show(" in cell.source:
            assert after.cell_type == "markdown" or "claims" in tags(after), cell.source


def words(markdown):
    """Return the words of prose: no code, formulas, answers in <details> and marks."""
    for markup in MARKUP_OF_NO_WORDS:
        markdown = re.sub(markup, " ", markdown, flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"[\w'`][^\s]*", markdown)


def test_words_are_counted_as_they_are_read():
    text = (
        "## 1. A part\n\nWe take `z_mean`, so $a + b\n= c$ and\n\n$$x = 1$$\n\n- [here](or there)"
    )
    answer = "\n\n```python\nx = 1\n```\n<details><summary>Why?</summary>\n\nSo.\n\n</details>"
    assert words(text + answer) == [
        "1.", "A", "part", "We", "take", "`z_mean`,", "so", "and", "here",
    ]  # fmt: skip


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_has_at_most_2000_words_and_10_sections(lesson):
    """Without the quiz, whose questions and answers are read one at a time."""
    prose = [cell.source for cell in read(lesson).cells if cell.cell_type == "markdown"]
    text = "\n\n".join(cell for cell in prose if not re.match(r"## (\d+\. )?Quiz", cell))
    assert len(words(text)) <= MOST_WORDS
    sections = re.findall(r"^## \d+\.", "\n\n".join(prose), re.MULTILINE)
    assert len(sections) <= MOST_SECTIONS, sections


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_first_picture_comes_within_three_cells(lesson):
    """Of code, after the imports."""
    cells = [cell for cell in code_cells(read(lesson)) if not only_imports(cell)]
    assert any("run.show(" in cell.source for cell in cells[:3])


def only_imports(cell):
    return all(
        isinstance(part, ast.Import | ast.ImportFrom) for part in ast.parse(cell.source).body
    )


# -- Exercises and claims -------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_number_of_a_lesson_depends_on_how_its_exercises_are_solved(lesson):
    """No other cell reads a name that an exercise or its check binds."""
    for name in (lesson, f"{lesson}-solved"):
        assert reads_of_exercises(code_cells(read(name))) == []


def reads_of_exercises(cells):
    """Return the names that an exercise or its check has bound last, and another cell reads."""
    of_exercises, found = set(), []
    for cell in cells:
        tree = ast.parse(cell.source)
        if {"exercise", "check"} & set(tags(cell)):
            of_exercises |= bound(tree)
        else:
            of_exercises -= bound(tree)
            found += sorted(read_in(tree) & of_exercises)
    return found


def bound(tree):
    """Return the names that a cell binds for later ones; those within functions stay there."""
    names = set()
    for node in within_cell(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return names


def within_cell(node):
    """Yield the nodes of a cell that are in no function, class, lambda or comprehension."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.ClassDef | ast.Lambda | ast.comprehension):
            yield from within_cell(child)


def read_in(tree):
    """Return the names that a cell reads, also within its functions."""
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)
    }


def cells_of(*sources):
    """Return code cells; those that begin with `my_` or `def my_` are exercises."""
    return [
        new_code_cell(
            source, metadata={"tags": ["exercise"] * bool(re.match("(def )?my_", source))}
        )
        for source in sources
    ]


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        (["my_a = 1", "b = my_a"], ["my_a"]),
        (["def my_f(x):\n    return x", "def g():\n    return my_f(1)"], ["my_f"]),
        (["images = 1", "my_a = images = 2", "print(images)"], ["images"]),
        (["my_a = 1\nfor i in range(3): ...", "print(i)"], ["i"]),
        (["def my_f(x):\n    y = x\n    return y", "print(y)"], []),
        (["my_a = [images for images in range(3)]", "print(images)"], []),
        (["my_a = i = 2", "for i in range(3): print(i)"], []),
        (["import math", "my_a = math.pi", "print(math.e)"], []),
        (["my_a = 1", "my_b = my_a"], []),
    ],
)
def test_what_depends_on_an_exercise_is_found(sources, found):
    assert reads_of_exercises(cells_of(*sources)) == found


@pytest.mark.parametrize("lesson", PATHS)
def test_a_lesson_finishes_its_run_after_all_that_it_keeps(lesson):
    sources = [cell.source for cell in code_cells(read(lesson))]
    (place,) = [i for i, source in enumerate(sources) if "run.finish()" in source]
    keeps = r"run\.(show|record|claim|timed|save_\w+)\("
    assert not [source for source in sources[place:] if re.search(keeps, source)]


@pytest.mark.parametrize("lesson", PATHS)
def test_claims_stand_in_cells_of_their_own_whose_code_is_folded(lesson):
    for cell in code_cells(read(lesson)):
        makes_claims = "run.claim(" in cell.source
        assert makes_claims == ("claims" in tags(cell)), cell.source
        assert makes_claims == cell.metadata.get("jupyter", {}).get("source_hidden", False)
        if makes_claims:  # beside them it measures, and neither shows nor keeps anything else
            assert not re.search(r"run\.(show|record)\(|print\(|display\(", cell.source)


@pytest.mark.parametrize("lesson", PATHS)
def test_the_links_of_a_lesson_exist(lesson):
    text = "\n".join(cell.source for cell in read(lesson).cells if cell.cell_type == "markdown")
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert links
    for link in links:
        assert (PATHS[lesson].parent / link).exists(), link


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_has_no_magic_no_global_switch_and_hides_nothing(lesson):
    for cell in code_cells(read(lesson)):
        ast.parse(cell.source)  # which a magic or a shell line does not pass
        assert "environ" not in cell.source


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_says_what_it_teaches_and_what_to_remember(lesson):
    cells = read(lesson).cells
    assert 1 <= len(re.findall(r"^- ", cells[0].source, re.MULTILINE)) <= 4
    assert "What to remember" in "\n".join(cell.source for cell in cells[-2:])


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_figures_of_a_lesson_are_those_of_its_entry_numbered_in_order(lesson):
    text = "\n".join(cell.source for cell in code_cells(read(lesson)))
    shown = re.findall(r'run\.show\(\s*\w+,\s*"([\w-]+)"', text)
    assert shown == [Path(name).stem for name in LESSONS[lesson].figures]
    assert [int(name[:2]) for name in shown] == list(range(1, len(shown) + 1))


def test_generating_again_writes_the_same_files(tmp_path, monkeypatch):
    import build_notebooks

    (tmp_path / "src").mkdir()
    for lesson in LESSONS:
        source = Path(NOTEBOOKS, "src", f"{lesson}.py")
        (tmp_path / "src" / source.name).write_text(source.read_text(encoding="utf-8"))
    monkeypatch.setattr(build_notebooks, "NOTEBOOKS", tmp_path)
    build_notebooks.main()
    for path in PATHS.values():
        assert (tmp_path / path.relative_to(NOTEBOOKS)).read_bytes() == path.read_bytes()
