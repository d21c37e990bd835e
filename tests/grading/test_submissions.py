import json

import pytest

from fidle_vae.grading import submissions
from fidle_vae.grading.submissions import EXERCISES, Cell, Practice, read_submissions
from tests.helpers.small_submissions import submit

LESSONS = ["VAE1", "VAE10", "VAE2"]


def read_one(folder):
    (found,) = read_submissions(folder, LESSONS)
    return found


def test_notebooks_are_found_in_subfolders_in_order_but_not_hidden_ones(tmp_path):
    for name in ("zoe/VAE1", "anna/b/VAE2", "anna/VAE1", "VAE1", ".cache/VAE1", "zoe/.VAE2",
                 "anna/.ipynb_checkpoints/VAE1-checkpoint"):  # fmt: skip
        submit(tmp_path, name)
    (tmp_path / "zoe" / "notes.txt").write_text("")
    (tmp_path / "folder.ipynb").mkdir()
    found = read_submissions(tmp_path, LESSONS)
    assert [each.name for each in found] == ["VAE1", "anna/VAE1", "anna/b/VAE2", "zoe/VAE1"]


def test_a_submission_has_its_code_with_tags_and_no_prose(tmp_path):
    submit(tmp_path, "VAE1", "scale = 1", "# Title", "x = 2")
    assert read_one(tmp_path).cells == (Cell("scale = 1", ("parameters",)), Cell("x = 2"))


@pytest.mark.parametrize(
    ("name", "title", "metadata", "lesson"),
    [
        ("work", "# Mine", {"fidle_vae": {"lesson": "VAE2"}}, "VAE2"),
        ("VAE1", "# VAE1: x", {"fidle_vae": {"lesson": "VAE2"}}, "VAE2"),  # metadata comes first
        ("dupont_vae1 (2)", "# VAE2: x", {}, "VAE1"),  # then the name
        ("VAE10", "# Mine", {}, "VAE10"),
        ("VAE100", "# Mine", {}, ""),
        ("work", "# VAE1: First steps", {}, "VAE1"),  # then the title
        ("work", "# VAE10: More", {}, "VAE10"),
        ("work", "# About VAE1", {}, ""),
        ("work", "# VAE2: x", {"fidle_vae": "VAE1"}, "VAE2"),
        ("work", "# VAE2: x", {"fidle_vae": {"lesson": 1}}, "VAE2"),
        ("VAE1", "# VAE1: x", {"fidle_vae": {"lesson": "VAE77"}}, ""),
    ],
)
def test_the_lesson_is_known_by_metadata_name_or_title(tmp_path, name, title, metadata, lesson):
    submit(tmp_path, name, title, "x = 1", **metadata)
    assert read_one(tmp_path).lesson == lesson


def test_an_unknown_lesson_is_a_problem_that_lists_the_known_ones(tmp_path):
    submit(tmp_path, "a", "# Mine")
    submit(tmp_path, "b", fidle_vae={"lesson": "VAE77"})
    (_, first), (_, second) = (each.problem for each in read_submissions(tmp_path, LESSONS))
    assert first.endswith("says which lesson it is: the lessons are VAE1, VAE10, VAE2.")
    assert second.startswith("It says that it is lesson 'VAE77': the lessons are")


@pytest.mark.parametrize(
    "text",
    ['{"cells": [', "[]", "3", "{}", '{"cells": 1}', '{"cells": [1]}', "", "\0", "[" * 100_000,
     '{"cells": [{"cell_type": "code", "source": 3}]}', '{"cells": [{"source": ""}]}',
     '{"cells": [{"cell_type": "code", "metadata": 3}]}'],
)  # fmt: skip
def test_a_file_that_is_not_a_notebook_is_a_problem(tmp_path, text):
    (tmp_path / "VAE1.ipynb").write_text(text)
    status, sentence = read_one(tmp_path).problem
    assert status == "not a notebook"
    assert sentence.startswith("It is not a notebook that can be read (")


def test_binary_files_and_files_too_large_are_a_problem(tmp_path, monkeypatch):
    (tmp_path / "VAE1.ipynb").write_bytes(b"\xff\xfe\x00")
    assert read_one(tmp_path).problem[0] == "not a notebook"
    submit(tmp_path, "VAE1", "x = 1")
    monkeypatch.setattr(submissions, "LARGEST", 100)
    assert "it is larger than" in read_one(tmp_path).problem[1]


def write_outputs(path, *outputs):
    cells = [{"cell_type": "code", "source": "check.summary()", "outputs": [o]} for o in outputs]
    path.write_text(json.dumps({"cells": cells}))


def test_the_last_summary_saved_in_a_notebook_tells_of_attempts_and_hints(tmp_path):
    first, last = (
        {"data": {EXERCISES: {"kl": {"attempts": n, "hints": 0}, f"only {n}": {"attempts": 1}}}}
        for n in (2, 5)
    )
    write_outputs(tmp_path / "VAE1.ipynb", first, {"text": "3"}, last)
    assert read_one(tmp_path).practice == {
        "kl": Practice(5, 0), "only 2": Practice(1, None), "only 5": Practice(1, None),
    }  # fmt: skip


def test_a_notebook_without_a_summary_says_nothing(tmp_path):
    submit(tmp_path, "VAE1", "x = 2")
    assert read_one(tmp_path).practice == {}


@pytest.mark.parametrize("told", [3, [], {"kl": 3}, {"kl": {"attempts": -1, "hints": "many"}},
                                  {"kl": {"attempts": True, "hints": 1e400}}])  # fmt: skip
def test_a_summary_that_makes_no_sense_is_not_believed(tmp_path, told):
    write_outputs(tmp_path / "VAE1.ipynb", {"data": {EXERCISES: told}}, {"data": 3}, 3)
    assert read_one(tmp_path).practice.get("kl", Practice()) == Practice(None, None)


def test_a_source_may_be_a_text_or_a_list_of_lines(tmp_path):
    cells = [{"cell_type": "code", "source": source} for source in ("a\nb", ["a\n", "b"])]
    (tmp_path / "VAE1.ipynb").write_text(json.dumps({"cells": cells}))
    assert read_one(tmp_path).cells == (Cell("a\nb"), Cell("a\nb"))


def test_a_name_cannot_confuse_a_terminal(tmp_path):
    submit(tmp_path, "\x1b[31mred\nline\udcff/VAE1")
    assert read_one(tmp_path).name == "?[31mred?line?/VAE1"


def test_a_folder_that_is_missing_or_without_notebooks_raises(tmp_path):
    with pytest.raises(ValueError, match=r"no notebook \(.ipynb\) is in .*: name the folder"):
        read_submissions(tmp_path, LESSONS)
    with pytest.raises(ValueError, match=r"submissions must be a folder, got .*: use an"):
        read_submissions(tmp_path / "absent", LESSONS)
