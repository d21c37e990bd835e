import json
import math

import numpy as np
import pytest

from fidle_vae.evaluation import evaluate as module
from fidle_vae.evaluation.estimate import Estimate
from fidle_vae.evaluation.evaluate import evaluate, mean_over_runs
from fidle_vae.evaluation.measures import MEASURES, Evaluation, measure
from fidle_vae.runs.run import Run
from tests.helpers.small_evaluation import SHAPE, small_classifier, small_dataset, small_vae


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A folder of runs with two saved models, `a` and `b`, and a dataset that prints its source."""
    for name, mean in (("a", 1.5), ("b", 2.5)):
        small_vae(mean=mean).save(Run(name, root=tmp_path).models / "best.keras")

    def load_dataset_of(path, dataset):
        print("load_dataset('auto') takes small from here")
        return small_dataset()

    monkeypatch.setattr(module, "load_dataset_of", load_dataset_of)
    monkeypatch.setattr(module, "load_classifier", lambda name, run_dir: small_classifier())
    return tmp_path


def as_json(capsys, *models, **options):
    evaluate(models, as_json=True, **options)
    return json.loads(capsys.readouterr().out)


def values(measures):
    return {name: (found["value"], found["standard_error"]) for name, found in measures.items()}


def test_json_holds_the_measures_and_nothing_else_is_printed(runs, capsys):
    found = as_json(capsys, "a", samples=20, seed=3, run_dir=runs)
    expected = measure(
        small_vae(), small_dataset(), samples=20, seed=3, classifier=small_classifier()
    )
    told = found["models"]["a"]
    assert values(told["measures"]) == expected.measures
    assert told["kl_per_dimension"] == expected.kl_per_dimension
    assert {name: told[name] for name in ("dataset", "images", "pixels", "samples", "seed")} == {
        "dataset": "small", "images": 80, "pixels": "grey", "samples": 20, "seed": 3,
    }  # fmt: skip
    assert found["units"]["nll"] == "nats"
    assert set(told["measures"]) <= set(found["units"])
    assert found["versions"]["keras"]
    assert "mean_over_runs" not in found


def test_the_table_shows_each_measure_with_its_error_and_unit(runs, capsys):
    evaluate(["a"], samples=20, run_dir=runs)
    text = capsys.readouterr().out
    found = as_json(capsys, "a", samples=20, run_dir=runs)["models"]["a"]
    assert "a: 80 held-out images of small, grey, 20 samples of z for each\n" in text
    rows = {line.split()[0]: line for line in text.splitlines() if line.startswith("  ")}
    assert list(rows) == list(found["measures"])
    for name, (value, error) in values(found["measures"]).items():
        unit, meaning = MEASURES[name]
        numbers = [float(word) for word in rows[name].split() if _is_number(word)]
        assert numbers[0] == pytest.approx(value, abs=0.005)
        assert (
            (f"± {error:.2f}" in rows[name])
            if unit == "nats"
            else ("±" in rows[name]) == (error is not None)
        )
        assert rows[name].endswith(meaning)
        assert unit in rows[name]
    assert "  active_units " in text
    assert rows["active_units"].split()[1] == "2"
    largest, middle, dead = sorted(found["kl_per_dimension"], reverse=True)
    assert f"KL of each dimension, nats: {largest:.2f}  {middle:.2f}  {dead:.2f}\n" in text
    assert max(map(len, text.splitlines())) <= 100


def _is_number(word):
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False


def test_many_dimensions_do_not_make_one_long_line():
    evaluation = Evaluation({"kl": Estimate(20.0, 0.1)}, [0.4] * 50, 10, 5, "grey")
    text = module._told({"m": ("mnist", evaluation)})
    assert text.count("0.40") == 50
    assert max(map(len, text.splitlines())) <= 100


def test_several_runs_add_their_mean_and_its_error_over_runs(runs, capsys):
    found = as_json(capsys, "a", "b", samples=10, run_dir=runs)
    assert list(found["models"]) == ["a", "b"]
    mean = values(found["mean_over_runs"])
    for name, (value, error) in mean.items():
        a, b = (values(found["models"][run]["measures"])[name][0] for run in "ab")
        assert value == pytest.approx((a + b) / 2)
        assert error == pytest.approx(abs(a - b) / 2)  # the standard error of two values
    assert set(mean) == set(found["models"]["a"]["measures"])
    evaluate(["a", "b"], samples=10, run_dir=runs)
    text = capsys.readouterr().out
    tail = text[text.index("Mean of 2 runs, with its standard error over runs") :]
    nll, error = mean["nll"]
    assert f"{nll:.2f} ± {error:.2f} " in tail
    assert text.index("\na: ") < text.index("\nb: ") < text.index("Mean of 2 runs")


def test_the_mean_has_the_measures_that_all_runs_have():
    first = Evaluation({"kl": Estimate(1.0, 9.0), "ari": Estimate(0.5)}, [1.0], 1, 1, "grey")
    others = [Evaluation({"kl": Estimate(k, 9.0)}, [k], 1, 1, "grey") for k in (2.0, 6.0)]
    mean = mean_over_runs([first, *others])
    assert set(mean) == {"kl"}
    assert mean["kl"].value == 3
    assert mean["kl"].error == pytest.approx(np.sqrt((4 + 1 + 9) / 2 / 3))


def test_two_files_of_one_name_are_distinguished(runs, capsys):
    for folder in ("one", "two"):
        (runs / folder).mkdir()
        small_vae().save(runs / folder / "vae.keras")
    paths = [runs / folder / "vae.keras" for folder in ("one", "two")]
    found = as_json(capsys, *paths, samples=1, run_dir=runs)
    assert list(found["models"]) == ["vae", str(paths[1].resolve())]


def test_images_are_binarized_if_requested(runs, capsys):
    grey, binarized = (
        as_json(capsys, "a", samples=5, binarized=b, run_dir=runs)["models"]["a"]
        for b in (False, True)
    )
    assert (grey["pixels"], binarized["pixels"]) == ("grey", "binarized")
    # codes lie farther apart
    assert binarized["measures"]["kl"]["value"] > grey["measures"]["kl"]["value"] + 0.1


def test_images_without_classes_need_no_classifier(runs, capsys, monkeypatch):
    monkeypatch.setattr(module, "load_classifier", lambda *_: pytest.fail("trained"))
    monkeypatch.setattr(module, "load_dataset_of", lambda *_: small_dataset(labelled=False))
    found = as_json(capsys, "a", samples=1, run_dir=runs)["models"]["a"]["measures"]
    assert "nll" in found
    assert not {"knn_accuracy", "frechet_distance"} & set(found)


def test_the_requested_dataset_is_measured_on(runs, capsys, monkeypatch):
    asked = []

    def load_dataset_of(path, dataset):
        asked.append((path.parent.parent.name, dataset))
        return small_dataset(labelled=False)

    monkeypatch.setattr(module, "load_dataset_of", load_dataset_of)
    evaluate(["b"], dataset="frey_faces", samples=1, run_dir=runs)
    evaluate(samples=1, run_dir=runs)
    assert asked == [("b", "frey_faces"), ("b", "auto")]  # the newest run


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"samples": 0}, "samples must be an integer of 1 or more; got 0: try 500."),
        ({"samples": 2.5}, "samples must be an integer of 1 or more; got 2.5"),
        ({"dataset": "mnits"}, "dataset name must be one of .* got 'mnits': did you mean 'mnist'"),
        ({"seed": -1}, "seed must be an integer from 0 to 4294967295, got -1"),
        ({"seed": "abc"}, "seed must be an integer from 0 to 4294967295, got 'abc'"),
        ({"models": ["a", "nowhere"]}, "model 'nowhere' is neither a .keras file nor a run"),
    ],
)
def test_bad_input_raises_before_any_work(runs, monkeypatch, options, sentence):
    monkeypatch.setattr(module, "load_model", lambda *_: pytest.fail("worked"))
    with pytest.raises((ValueError, OSError), match=f"^{sentence}"):
        evaluate(**{"models": ["a"], "run_dir": runs, **options})


def test_a_model_that_does_not_fit_raises_before_any_is_measured(runs, monkeypatch):
    small_vae().encoder.save(runs / "encoder.keras")
    monkeypatch.setattr(module, "measure", lambda *_, **__: pytest.fail("worked"))
    with pytest.raises(ValueError, match="evaluate needs a layer named 'decoder'"):
        evaluate(["a", runs / "encoder.keras"], run_dir=runs)
    wrong = small_dataset()._replace(x_test=np.zeros((3, *SHAPE[:2], 3), "float32"))
    monkeypatch.setattr(module, "load_dataset_of", lambda *_: wrong)
    with pytest.raises(ValueError, match=r"dataset small has images of shape \(4, 4, 3\), and"):
        evaluate(["a"], run_dir=runs)
