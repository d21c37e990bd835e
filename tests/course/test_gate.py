import gate
import pytest

from fidle_vae.course.catalogue import Entry
from fidle_vae.runs.run import Run


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    """One lesson with one claim, which fails for the values that a test adds."""
    entry = {"A1": Entry("A1", title="A lesson", claims=["share"])}
    for module in ("gate", "run_judge", "fidle_vae.course.claims"):
        monkeypatch.setattr(f"{module}.catalogue", lambda: entry)
    monkeypatch.setattr(gate, "DOCS", tmp_path)
    monkeypatch.setattr(gate, "runs_dir", lambda: tmp_path / "runs")
    made, values = [], {}

    def run_lessons(ids, settings, run_dir, jobs):
        made.append(settings)
        run = Run("A1", root=run_dir)
        run.start(parameters=settings)
        dataset = settings.get("dataset", "drawn")
        value = values.get((dataset, settings["seed"]), 0.625)
        run.claim("share", "Most survive.", value, at_least=0.5, unit="%")
        run.record(dataset={"name": dataset})
        run.finish()

    monkeypatch.setattr(gate, "run_lessons", run_lessons)
    return made, values, tmp_path


def test_the_document_has_each_claim_on_both_datasets_for_each_seed(lessons):
    made, values, folder = lessons
    values["digits", 2] = 0.75
    assert gate.main(["--seeds", "1", "2"]) == 0
    assert made == [{"dataset": d, "seed": s} for d in ("mnist", "digits") for s in (1, 2)]
    text = (folder / "claims.md").read_text()
    assert "| claim | bound | mnist 1 | mnist 2 | digits 1 | digits 2 |" in text
    assert "| Most survive. | at least 50 % | 62.5 % | 62.5 % | 62.5 % | 75 % |" in text
    assert "## A1: 1 claims" in text


def test_a_lesson_that_draws_its_own_pictures_is_run_once_for_each_seed(lessons):
    made, _, folder = lessons
    gate.catalogue()["A1"].datasets[:] = ["drawn"]
    assert gate.main(["--seeds", "1", "2"]) == 0
    assert made == [{"seed": 1}, {"seed": 2}]
    assert "| claim | bound | drawn 1 | drawn 2 |" in (folder / "claims.md").read_text()


def test_a_claim_that_does_not_hold_is_marked_and_the_exit_code_is_3(lessons, capsys):
    _, values, folder = lessons
    values["digits", 1] = 0.25
    assert gate.main(["--seeds", "1"]) == 3
    assert "digits, 1, A1: claim share does not hold: 0.25" in capsys.readouterr().out
    assert "| 62.5 % | 25 % ✗ |" in (folder / "claims.md").read_text()


def test_finished_runs_can_be_kept_and_another_scale_has_its_own_document(lessons):
    made, _, folder = lessons
    for expected in (1, 1):
        gate.main(["--seeds", "1", "--datasets", "mnist", "--scale", "1", "--keep"])
        assert len(made) == expected
    assert made == [{"dataset": "mnist", "seed": 1, "scale": 1.0}]
    assert "at `scale = 1`" in (folder / "claims_scale_1.md").read_text()
    gate.catalogue()["A1"].claims.append("another")  # which that run has not made
    gate.main(["--seeds", "1", "--datasets", "mnist", "--scale", "1", "--keep"])
    assert len(made) == 2


@pytest.mark.usefixtures("lessons")
def test_a_run_that_is_not_as_the_catalogue_has_it_fails_the_gate(capsys):
    gate.catalogue()["A1"].figures.append("01-missing.png")
    gate.catalogue()["A1"].bounds["digits"] = {"error": [0, 1]}
    assert gate.main(["--seeds", "1"]) == 3
    printed = capsys.readouterr().out
    assert "mnist, 1, A1: figures differ from those named: ['01-missing.png']" in printed
    assert "digits, 1, A1: error is nan, not from 0 to 1" in printed
    assert "mnist, 1, A1: error" not in printed


def test_a_lesson_that_fails_is_named_and_the_others_still_run(lessons, monkeypatch, capsys):
    made, _, folder = lessons
    works = gate.run_lessons

    def run_lessons(ids, settings, run_dir, jobs):
        if settings["seed"] == 1:
            raise gate.LessonError("A1 failed in cell 3", 1)
        works(ids, settings, run_dir, jobs)

    gate.main(["--seeds", "1", "2"])
    monkeypatch.setattr(gate, "run_lessons", run_lessons)
    made.clear()
    assert gate.main(["--seeds", "1", "2", "--datasets", "mnist"]) == 3
    assert len(made) == 1
    printed = capsys.readouterr().out
    assert "mnist, 1, A1: it did not reach its end" in printed
    assert (
        "| Most survive. | at least 50 % | not made | 62.5 % |"
        in (folder / "claims.md").read_text()
    )


def test_a_lesson_that_is_named_has_its_section_alone_written_anew(lessons):
    _, values, folder = lessons
    gate.catalogue()["A0"] = Entry("A0", title="Another", claims=["share"])
    document = folder / "claims.md"
    document.write_text("# Old\n\n## A0: 1 claims\n\nkept\n\n## A1: 1 claims\n\nold\n")
    assert gate.main(["A1", "--seeds", "1"]) == 0  # not the runs that the document is made of
    assert "old" in document.read_text()
    values["digits", 2] = 0.75
    assert gate.main(["A1"]) == 0
    text = document.read_text()
    assert (
        "| Most survive. | at least 50 % | 62.5 % | 62.5 % | 62.5 % | 62.5 % | 62.5 % | 75 % |"
        in (text)
    )
    assert text.endswith("\n## A0: 1 claims\n\nkept\n")  # in the order of the catalogue
    assert "old" not in text
    assert text.count("## A1") == 1


def test_a_lesson_that_there_is_not_is_refused_before_a_run_is_removed(lessons, capsys):
    _, _, folder = lessons
    gate.main(["A1", "--seeds", "1"])
    with pytest.raises(SystemExit):
        gate.main([".."])
    assert "no lesson is named '..': the lessons are A1" in capsys.readouterr().err
    assert (folder / "runs" / "claims" / "mnist-1" / "A1").is_dir()
