import pytest

from fidle_vae.course import catalogue as module
from fidle_vae.course.catalogue import Entry
from fidle_vae.course.claims import broken_claims
from fidle_vae.runs.claims import Claim


@pytest.fixture
def lesson(monkeypatch):
    entry = Entry("A1", title="A lesson", claims=["kl", "share"])
    monkeypatch.setattr("fidle_vae.course.claims.catalogue", lambda: {"A1": entry})
    return "A1"


def manifest(**values):
    claims = {name: Claim(name, "It is small.", value, at_most=3) for name, value in values.items()}
    return {"claims": {name: claim.entry for name, claim in claims.items()}}


def test_nothing_is_broken_if_the_listed_claims_hold(lesson):
    assert broken_claims(lesson, manifest(kl=1, share=3)) == []


def test_a_claim_that_does_not_hold_is_named_with_its_number(lesson):
    (sentence,) = broken_claims(lesson, manifest(kl=1, share=3.5))
    assert sentence == "claim share does not hold: 3.5, not at most 3 (It is small.)"


def test_a_listed_claim_that_the_run_did_not_make_is_named(lesson):
    assert broken_claims(lesson, manifest(kl=1)) == ["claim share was not made"]
    assert len(broken_claims(lesson, {})) == 2


def test_a_claim_that_the_catalogue_does_not_list_is_named(lesson):
    found = broken_claims(lesson, manifest(kl=1, share=1, new=1))
    assert found == ["claim new is not in the catalogue"]


def test_of_a_notebook_that_is_not_in_the_catalogue_only_what_fails_is_named():
    assert "mine" not in module.catalogue()
    (sentence,) = broken_claims("mine", manifest(kl=1, share=4))
    assert sentence.startswith("claim share does not hold")
