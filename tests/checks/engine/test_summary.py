import json
from pathlib import Path

import keras
import pytest
from IPython.core.formatters import DisplayFormatter
from keras import ops

from fidle_vae import checks as check
from fidle_vae.checks.engine.summary import MIME_TYPE, forget


@pytest.fixture(autouse=True)
def no_result_so_far():
    forget()
    yield
    forget()


def my_kl(z_mean, z_log_var):
    return ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1) / 2


def stub(*arguments):
    raise NotImplementedError


def run_three():
    check.kl(my_kl)
    check.morph(stub)
    check.reconstruction(lambda x, x_hat: ops.sum((x - x_hat) ** 2, axis=(1, 2, 3)))


def test_a_right_answer_stays_right_and_a_later_wrong_try_is_noted():
    check.kl(my_kl)
    check.kl(lambda z_mean, z_log_var: 2 * my_kl(z_mean, z_log_var))
    assert [result.status for result in check.summary()] == ["right"]
    assert "2 attempts, the last of them not right" in repr(check.summary())
    assert "the last of them not right" in check.summary()._repr_html_()
    check.kl(my_kl)
    assert "not right" not in repr(check.summary())


def test_the_summary_has_the_last_result_of_each_check():
    check.kl(stub)
    run_three()
    found = check.summary()
    assert [(result.check, result.status) for result in found] == [
        ("kl", "right"), ("morph", "to do"), ("reconstruction", "wrong"),
    ]  # fmt: skip
    assert found.counts == {"right": 1, "wrong": 1, "to do": 1}


def test_it_shows_itself_in_words():
    assert repr(check.summary()) == "No check was run yet."
    assert "No check was run yet." in check.summary()._repr_html_()
    run_three()
    lines = repr(check.summary()).splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["✓", "kl", "Right", "1", "attempt"],
        ["…", "morph", "Not", "done", "yet"],
        ["✗", "reconstruction", "Not", "right", "1", "attempt"],
    ]
    assert lines[3] == "1 right, 1 wrong, 1 to do."
    page = check.summary()._repr_html_()
    assert page.count("<tr>") == 3
    assert "Not done yet" in page


def test_it_is_saved_as_json(tmp_path):
    run_three()
    path = tmp_path / "new" / "summary.json"
    check.summary().save(path)
    saved = json.loads(path.read_text(encoding="utf-8"))
    assert {name: each["status"] for name, each in saved.items()} == {
        "kl": "right", "morph": "to do", "reconstruction": "wrong",
    }  # fmt: skip
    assert saved["reconstruction"]["mistake"] == "nll_squared_error"
    assert "squared error" in saved["reconstruction"]["message"]


def test_attempts_are_counted_but_neither_stubs_nor_a_right_answer_that_is_checked_again():
    check.kl(stub)
    for _ in range(2):
        check.kl(lambda z_mean, z_log_var: 2 * my_kl(z_mean, z_log_var))
    for _ in range(3):
        check.kl(my_kl)
    assert check.summary().attempts["kl"] == 3
    assert "3 attempts" in repr(check.summary())


def test_hints_are_counted_with_the_result(tmp_path):
    check.kl(stub)
    for _ in range(5):
        check.hint("kl")
    check.hint("morph")
    check.summary().save(tmp_path / "exercises.json")
    saved = json.loads((tmp_path / "exercises.json").read_text(encoding="utf-8"))
    assert list(saved) == ["kl"]  # of the others no result is known
    assert (saved["kl"]["attempts"], saved["kl"]["hints"]) == (0, 3)
    assert "3 hints" in check.summary()._repr_html_()


def test_a_notebook_keeps_the_entries_beside_the_table():
    run_three()
    shown, _ = DisplayFormatter().format(check.summary())
    assert shown[MIME_TYPE] == check.summary().entries
    assert shown["text/html"] == check.summary()._repr_html_()
    assert "1 right, 1 wrong, 1 to do." in shown["text/plain"]


def test_passed_stays_true_once_a_check_was_passed():
    assert not check.passed("kl")
    check.kl(stub)
    assert not check.passed("kl")
    check.kl(my_kl)
    check.kl(stub)
    assert check.passed("kl")
    assert not check.passed("program 2")
    with pytest.raises(ValueError, match=r"name must be one of .*; got 'kll': did you mean 'kl'"):
        check.passed("kll")


def test_the_check_of_a_trained_model_is_no_exercise():
    check.vae(keras.Sequential(), None)
    assert list(check.summary()) == []


def test_a_check_that_is_not_finished_by_an_error_of_ours_leaves_the_last_result():
    check.kl(my_kl)
    with pytest.raises(ValueError, match="loss_weights"):
        check.loss(stub, (1, -1))
    assert [result.check for result in check.summary()] == ["kl"]


def test_a_summary_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "exercises.json"
    check.summary().save(path)
    before = path.read_bytes()

    def full(path, *_, **__):
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="disk full"):
        check.summary().save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
