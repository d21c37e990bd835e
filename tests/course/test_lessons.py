import json
from dataclasses import replace

import pytest

from fidle_vae.course import lessons
from fidle_vae.course.catalogue import catalogue
from fidle_vae.course.lessons import choose_lessons, read_parameters
from tests.helpers.small_lessons import write_lesson

VAE3 = 'dataset = "auto"\nscale = 0.1\nseed = 1\nmodel = "auto"'


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    write_lesson(tmp_path, "VAE3", parameters=VAE3)
    write_lesson(tmp_path, "VAE1")
    write_lesson(tmp_path, "VAE2")
    monkeypatch.setattr(lessons, "project_dir", lambda: tmp_path)
    return tmp_path


def test_all_lessons_are_chosen_in_order():
    assert [lesson.id for lesson in choose_lessons()] == ["VAE1", "VAE2", "VAE3"]


def test_only_the_core_is_run_where_nothing_is_named(project, monkeypatch):
    beyond = replace(catalogue()["VAE2"], core=False)
    monkeypatch.setitem(catalogue(), "VAE2", beyond)
    assert [lesson.id for lesson in choose_lessons(core=True)] == ["VAE1", "VAE3"]
    assert [lesson.id for lesson in choose_lessons(["VAE2"], core=True)] == ["VAE2"]


def test_lessons_are_chosen_once_in_the_order_asked_for(project):
    chosen = choose_lessons(["VAE3", "VAE1", "VAE3"])
    assert [lesson.id for lesson in chosen] == ["VAE3", "VAE1"]
    assert chosen[1].path == project / "notebooks" / "VAE1.ipynb"


@pytest.mark.parametrize("word", ["VAE22", "vae2", "VAE2.ipynb"])
def test_an_unknown_lesson_is_refused_with_what_was_meant_and_what_there_is(word):
    with pytest.raises(ValueError, match="did you mean 'VAE2'") as error:
        choose_lessons([word])
    assert repr(word) in str(error.value)
    assert "the lessons are VAE1, VAE2, VAE3." in str(error.value)


def test_a_folder_without_lessons_is_reported(tmp_path, monkeypatch):
    monkeypatch.setattr(lessons, "project_dir", lambda: tmp_path / "elsewhere")
    with pytest.raises(ValueError, match=r"no lesson is in .*elsewhere.notebooks: run this"):
        choose_lessons()


def test_defaults_are_read_and_nothing_is_executed(project):
    path = write_lesson(project, "VAE1", "import os; os._exit(3)")
    assert read_parameters(path) == {
        "dataset": "auto", "latent_dim": 2, "loss_weights": (1.0, 1e-3), "scale": 0.1, "seed": 123,
    }  # fmt: skip
    assert choose_lessons(["VAE1"])[0].parameters == read_parameters(path)


@pytest.mark.parametrize("line", ["scale = float(1)", "import os", "a, b = 1, 2", "scale = "])
def test_a_parameters_cell_holds_plain_values_only(project, line):
    path = write_lesson(project, "VAE1", parameters=f"seed = 1\n{line}")
    with pytest.raises(ValueError, match=r"VAE1.ipynb must hold assignments .* `scale = 0.1`"):
        read_parameters(path)


@pytest.mark.parametrize("count", [0, 2])
def test_a_lesson_has_one_cell_of_parameters(project, count):
    path = write_lesson(project, "VAE1")
    notebook = json.loads(path.read_text())
    cells = notebook["cells"]
    notebook["cells"] = [cells[0], *[cells[1]] * count]
    path.write_text(json.dumps(notebook))
    with pytest.raises(ValueError, match=f"one code cell tagged `parameters`, and has {count}"):
        read_parameters(path)


@pytest.mark.parametrize("text", ['{"cells": ', "[]", "{}"])
def test_a_file_that_is_not_a_notebook_is_reported(project, text):
    path = project / "notebooks" / "VAE1.ipynb"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"VAE1.ipynb is not a notebook that can be read"):
        choose_lessons(["VAE1"])


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("scale", "0.02", 0.02),
        ("scale", "1", 1),
        ("latent_dim", "20", 20),
        ("loss_weights", "1,1e-3", (1, 1e-3)),
        ("dataset", "mnist", "mnist"),
        ("dataset", '"mnist"', "mnist"),
        ("seed", 7, 7),
    ],
)
def test_a_value_is_read_as_the_default_says(name, text, value):
    lesson = choose_lessons(["VAE1"], {name: text})[0]
    assert lesson.overrides == {name: value}
    assert type(lesson.overrides[name]) is type(value)
    assert lesson.parameters[name] == value
    assert lesson.parameters.keys() == read_parameters(lesson.path).keys()


@pytest.mark.parametrize("text", ["run_dir/x.keras", "007", "1e3", "None"])
def test_a_text_is_taken_as_it_is_where_the_default_is_one(text):
    assert choose_lessons(["VAE3"], {"model": text})[0].overrides == {"model": text}


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("scale", "abc", "a number, such as 0.1; got 'abc'"),
        ("scale", "True", "a number, such as 0.1; got True"),
        ("latent_dim", "2.0", "an integer, such as 2; got 2.0"),
        ("latent_dim", "True", "an integer, such as 2; got True"),
        ("loss_weights", "1", "2 numbers, such as (1.0, 0.001); got 1"),
        ("loss_weights", "1,2,3", "2 numbers, such as (1.0, 0.001); got (1, 2, 3)"),
        ("loss_weights", "1,True", "2 numbers, such as (1.0, 0.001); got (1, True)"),
        ("loss_weights", "1,'a'", "2 numbers, such as (1.0, 0.001); got (1, 'a')"),
        ("dataset", 3, "a text, such as 'auto'; got 3"),
    ],
)
def test_a_value_of_another_kind_is_refused_in_one_sentence(name, value, kind):
    with pytest.raises(ValueError, match="must be") as error:
        choose_lessons(["VAE1"], {name: value})
    assert str(error.value) == (
        f"{name} must be {kind}: the parameters of VAE1 are dataset='auto', latent_dim=2, "
        "loss_weights=(1.0, 0.001), scale=0.1, seed=123."
    )


def test_a_parameter_goes_to_each_lesson_that_has_it():
    chosen = choose_lessons(settings={"latent_dim": "3", "model": "best.keras", "seed": "5"})
    assert [lesson.overrides for lesson in chosen] == [
        {"latent_dim": 3, "seed": 5},
        {"latent_dim": 3, "seed": 5},
        {"seed": 5, "model": "best.keras"},
    ]


def test_a_parameter_that_no_chosen_lesson_has_is_refused():
    with pytest.raises(ValueError, match="no parameter of VAE1, VAE2 is named 'model'") as error:
        choose_lessons(["VAE1", "VAE2"], {"model": "best.keras"})
    assert "dataset, latent_dim, loss_weights, scale, seed." in str(error.value)
    with pytest.raises(ValueError, match="'sclae', did you mean 'scale'"):
        choose_lessons(settings={"sclae": "1"})


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("scale", "7", "scale must be"),
        ("dataset", "mnits", "'mnist'"),
        ("latent_dim", "0", "try 2"),
    ],
)
def test_a_value_that_no_training_takes_is_refused(name, text, sentence):
    with pytest.raises(ValueError, match=sentence):
        choose_lessons(["VAE1"], {name: text})
