import json
from pathlib import Path

from fidle_vae.grading.outcome import Finding, Outcome
from fidle_vae.grading.results import as_json, as_suite

OUTCOME = Outcome(
    "anna/VAE1",
    "VAE1",
    "finished",
    "",
    41.23,
    {
        "kl": Finding("right", None, "Well done.", attempts=3, hints=0),
        "loss": Finding("wrong", "loss_mean", "It is a mean."),
        "grid": Finding("to do", "not_done", "Complete it."),
        "walk": Finding("not run"),
        "layer": Finding("syntax error", None, "Syntax error in cell 12: invalid syntax (line 3)."),
        "q1": Finding("missing", None, "`q1` is not defined.", attempts=1, hints=2),
    },
)
BROKEN = Outcome("bob", "", "not a notebook", "It cannot be read.", 0.0, {})


def test_the_json_has_every_finding_with_attempts_and_hints():
    document = json.loads(as_json([OUTCOME, BROKEN], Path("grades.csv"), 3))
    assert (document["table"], document["page"]) == ("grades.csv", "grades.html")
    assert document["submissions"] == 3
    anna, bob = document["outcomes"]
    assert {name: anna[name] for name in ("submission", "lesson", "right", "of", "seconds")} == {
        "submission": "anna/VAE1", "lesson": "VAE1", "right": 1, "of": 6, "seconds": 41.2,
    }  # fmt: skip
    assert anna["findings"]["kl"] == {
        "value": "right", "mistake": None, "message": "Well done.", "attempts": 3, "hints": 0,
    }  # fmt: skip
    assert anna["findings"]["loss"]["attempts"] is None  # the notebook does not say
    assert (bob["status"], bob["findings"]) == ("not a notebook", {})


def test_a_suite_has_a_case_for_the_notebook_and_each_exercise():
    notebook, *cases = as_suite(OUTCOME).cases
    assert (notebook.name, notebook.outcome, notebook.seconds) == ("notebook", "passed", 41.23)
    assert {case.name: case.outcome for case in cases} == {
        "kl": "passed", "loss": "failure", "grid": "skipped", "walk": "skipped",
        "layer": "failure", "q1": "failure",
    }  # fmt: skip
    said = {case.name: case.message for case in cases}
    assert said["loss"] == "wrong: It is a mean."
    assert said["walk"] == "not run"
    output = {case.name: case.output for case in cases}
    assert output["kl"] == "3 attempts and 0 hints, as the notebook says"
    assert output["q1"] == "1 attempt and 2 hints, as the notebook says"
    assert output["loss"] == ""


def test_a_submission_that_cannot_be_graded_is_an_error():
    (notebook,) = as_suite(BROKEN).cases
    assert (notebook.outcome, notebook.message) == ("error", "not a notebook. It cannot be read.")
