import json

import pytest

from fidle_vae.runs.claims import Claim
from fidle_vae.runs.run import Run


@pytest.fixture
def run(tmp_path):
    run = Run("lesson", root=tmp_path)
    run.start(parameters={"scale": 0.02, "epochs": 1})
    return run


@pytest.mark.parametrize(
    ("bounds", "value", "holds"),
    [
        ({"at_least": 0.5}, 0.5, True),
        ({"at_least": 0.5}, 0.49, False),
        ({"at_most": 0.5}, 0.5, True),
        ({"at_most": 0.5}, 0.51, False),
        ({"at_least": 2, "at_most": 12}, 6, True),
        ({"at_least": 2, "at_most": 12}, 1.9, False),
        ({"at_least": 2, "at_most": 12}, 12.1, False),
        ({"at_least": -1e9}, float("nan"), False),
    ],
)
def test_a_claim_holds_within_its_bounds_only(bounds, value, holds):
    assert Claim("kl", "The KL is small.", value, **bounds).holds is holds


@pytest.mark.parametrize(
    ("unit", "bounds", "measured", "bound"),
    [
        ("%", {"at_least": 0.5}, "63 %", "at least 50 %"),
        ("%", {"at_most": 0.125}, "63 %", "at most 12.5 %"),
        ("%", {"at_least": 0.1, "at_most": 0.9}, "63 %", "10 to 90 %"),
        ("% points", {"at_least": -0.02, "at_most": 0.9}, "63 points", "-2 to 90 points"),
        ("% points", {"at_least": 0.63, "at_most": 0.63}, "63 points", "exactly 63 points"),
        ("nats", {"at_least": -2, "at_most": 12}, "0.63 nats", "-2 to 12 nats"),
        ("", {"at_least": 0.5}, "0.63", "at least 0.5"),
    ],
)
def test_number_and_bound_are_shown_in_their_unit(unit, bounds, measured, bound):
    claim = Claim("share", "Most survive.", 0.63, unit=unit, **bounds)
    assert (claim.measured, claim.bound) == (measured, bound)


def test_a_claim_that_holds_is_shown_with_its_number(run, capsys):
    run.claim("share", "Most survive.", 0.63, at_least=0.5, unit="%", otherwise="Few images.")
    assert capsys.readouterr().out == "✓ Most survive. [63 %; at least 50 %]\n"


def test_a_claim_that_does_not_hold_says_so_and_why_that_may_be(run, capsys):
    run.claim("share", "Most survive.", 0.3, at_least=0.5, unit="%", otherwise="Few images.")
    shown = capsys.readouterr().out
    assert shown.startswith("✗ Not in this run: Most survive. [30 %; at least 50 %] Few images.")
    assert "scale = 0.02, epochs = 1" in shown


def test_a_page_shows_the_same_and_escapes_the_sentence():
    held, broken = (
        Claim("kl", "KL < 3 & more.", value, at_most=3, otherwise="z < 0.")._repr_html_()
        for value in (2, 4)
    )
    assert "KL &lt; 3 &amp; more." in held
    assert "<b>2</b>" in held
    assert "Not in this run" not in held
    assert "Not in this run" in broken
    assert "z &lt; 0." in broken
    assert "KL &lt; 3 &amp; more.\N{HORIZONTAL ELLIPSIS} Here it is <b>4</b>" in broken


def test_on_a_page_a_number_stays_with_its_unit_and_a_minus_is_one():
    page = Claim("far", "Of 5 %, behind by", -0.1, at_least=-0.2, unit="%")._repr_html_()
    assert "Of 5\N{NO-BREAK SPACE}%, behind" in page
    assert "<b>\N{MINUS SIGN}10\N{NO-BREAK SPACE}%</b>" in page
    assert "(at least \N{MINUS SIGN}20\N{NO-BREAK SPACE}%)" in page
    tiny = Claim("far", "Behind by", 1e-7, at_most=0.01)._repr_html_()
    assert "<b>1e\N{MINUS SIGN}07</b>" in tiny  # no line ends at a minus


def test_the_manifest_keeps_every_claim_and_a_new_run_none(run):
    run.claim("share", "Most survive.", 1, at_least=0.5, unit="%")
    run.claim("kl", "The KL is small.", 4.0, at_most=3, otherwise="A guess.")
    run.claim("share", "Most survive.", 0.4, at_least=0.5, unit="%")
    kept = json.loads((run.path / "manifest.json").read_text())["claims"]
    assert kept == {
        "share": {
            "name": "share", "says": "Most survive.", "value": 0.4, "at_least": 0.5,
            "at_most": None, "unit": "%", "otherwise": "", "holds": False,
        },
        "kl": {
            "name": "kl", "says": "The KL is small.", "value": 4.0, "at_least": None,
            "at_most": 3, "unit": "", "otherwise": "A guess.", "holds": False,
        },
    }  # fmt: skip
    run.start(parameters={})
    assert run.manifest["claims"] == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"name": "Two words"}, "name must be lower-case"),
        ({"says": " "}, "says must be a sentence"),
        ({"value": "0.5"}, "value must be a number, got '0.5'"),
        ({"value": None}, "value must be a number, got None"),
        ({"at_least": "1"}, "at_least must be a number, got '1'"),
        ({"at_least": None}, "claim 'kl' has no bound, so that it cannot fail"),
    ],
)
def test_a_claim_that_makes_no_sense_is_an_error_and_is_not_kept(run, arguments, words):
    right = {"name": "kl", "says": "Small.", "value": 1.0, "at_least": 0}
    with pytest.raises(ValueError, match=words):
        run.claim(**right | arguments)
    assert run.manifest["claims"] == {}
