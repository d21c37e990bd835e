import json
from pathlib import Path

import pytest
from keras import ops

from fidle_vae import checks as check
from fidle_vae.checks.engine.summary import forget


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
        ["✓", "kl", "Right"],
        ["…", "morph", "Not", "done", "yet"],
        ["✗", "reconstruction", "Not", "right"],
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
