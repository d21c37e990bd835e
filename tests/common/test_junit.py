from xml.etree import ElementTree as ET

import pytest

from fidle_vae.common.junit import Case, Suite, require_junit, write_junit

SUITES = [
    Suite(
        "VAE1",
        [
            Case("lesson", seconds=51.24),
            Case("kl", "failure", "too <large>\x1b", output="6 nats"),
        ],
    ),
    Suite("VAE2", [Case("lesson", "error", "no\nluck"), Case("kl", "skipped")]),
]


def counts(element):
    return [element.get(name) for name in ("tests", "failures", "errors", "skipped")]


def test_cases_have_their_outcome_time_and_output(tmp_path):
    write_junit(tmp_path / "results.xml", SUITES)
    root = ET.parse(tmp_path / "results.xml").getroot()
    first, second = root
    assert first.get("name") == "VAE1"
    assert first.get("time") == "51.2"
    assert counts(first) == ["2", "1", "0", "0"]
    assert counts(second) == ["2", "0", "1", "1"]
    assert counts(root) == ["4", "1", "1", "1"]
    lesson, claim = first
    assert lesson.attrib == {"classname": "VAE1", "name": "lesson", "time": "51.2"}
    assert len(lesson) == 0
    assert claim.find("failure").get("message") == "too <large>"  # XML forbids the escape
    assert claim.findtext("system-out") == "6 nats"
    assert second[0].find("error").get("message") == "no\nluck"
    assert second[1].find("skipped") is not None


def test_a_file_that_cannot_be_written_raises_one_sentence(tmp_path):
    require_junit(None)
    require_junit(tmp_path / "results.xml")
    for path in (tmp_path, tmp_path / "absent" / "results.xml"):
        with pytest.raises(
            ValueError, match="junit must be a file in a folder that can be written"
        ):
            require_junit(path)
