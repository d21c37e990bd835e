import json
import re
from itertools import pairwise

import keras
import numpy as np
import pytest

from benchmarks.paper import row
from benchmarks.paper import table as paper_table
from benchmarks.paper.document import document
from benchmarks.paper.setups import SETUPS
from fidle_vae.evaluation.integration import integrated_nll
from fidle_vae.runs.run import Run


def made_result(parameters):
    """Return the result of a row, with values that identify the row."""
    setup, seed = parameters["setup"], parameters["seed"]
    value = 10 * list(SETUPS).index(setup) + seed
    names = ("ll", "elbo", "re", "kl", "active_units", "epochs", "best_epoch", "ll_integrated")
    metrics = dict.fromkeys(names, value) | {f"knn_{n}": value / 100 for n in (100, 600, 1000)}
    return {
        "date": "2026-01-01",
        "parameters": parameters,
        "metrics": metrics,
        "timings": {"training": 120.0, "measuring": 60.0},
        "versions": {"keras": "3"},
        "backend": "jax",
        "processor": "a processor",
        "machine": "a machine",
    }


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Return a function that writes the table from fake rows and returns which it computed."""
    computed = []

    def compute(parameters):
        computed.append((parameters["setup"], parameters["seed"]))
        return made_result(parameters)

    monkeypatch.setenv("FIDLE_VAE_RUN_DIR", str(tmp_path))
    monkeypatch.setattr(paper_table, "compute", compute)
    monkeypatch.setattr(paper_table, "estimate", lambda missing, jobs: f"{len(missing)} rows")
    results, output = tmp_path / "table.json", tmp_path / "table.md"

    def make(*arguments):
        computed.clear()
        paper_table.main([*arguments, "--results", str(results), "--output", str(output)])
        return sorted(computed)

    make.results, make.output = results, output
    return make


def test_a_finished_row_is_not_computed_again(table):
    assert table("--rows", "d2", "d5", "--seeds", "1") == [("d2", 1), ("d5", 1)]
    assert table("--rows", "d2", "d5", "--seeds", "2") == [("d2", 2), ("d5", 2)]
    assert table("--rows", "d2", "d5", "--seeds", "2") == []
    assert table("--rows", "d2", "--seeds", "1", "--epochs", "3") == [("d2", 1)]  # another row
    assert len(json.loads(table.results.read_text())) == 5


def test_the_table_shows_all_rows_that_were_trained_as_asked(table):
    table("--rows", "d5", "--seeds", "2")
    table("--rows", "d2", "--seeds", "1")
    table("--rows", "d2", "--seeds", "1", "--scale", "0.5")
    assert "| d5 |" not in table.output.read_text()
    table("--rows", "d2", "--seeds", "1")
    rows = re.findall(r"\| (d\d+) \| (\d) \|", table.output.read_text())
    assert rows == [("d2", "1"), ("d5", "1"), ("d5", "2")]


def test_burda_trains_on_all_images_and_the_others_hold_some_out():
    steps = {
        setup: paper_table.steps_of_epoch(row.parameters_of(setup, 1, None, 0.5))
        for setup in ("d2", "burda")
    }
    assert steps == pytest.approx({"d2": 25_000 / 64, "burda": 30_000 / 20})


def test_what_was_finished_before_an_error_is_kept(table, monkeypatch):
    def fail(parameters):
        if parameters["setup"] == "d5":
            raise RuntimeError("d5 failed")
        return made_result(parameters)

    monkeypatch.setattr(paper_table, "compute", fail)
    with pytest.raises(RuntimeError, match="d5 failed"):
        table("--rows", "d2", "d5", "d10", "--seeds", "1", "--jobs", "1")
    kept = json.loads(table.results.read_text())
    assert [result["parameters"]["setup"] for result in kept] == ["d2"]
    assert not table.output.exists()


def test_the_table_has_means_and_errors_beside_the_published_values(table):
    table("--rows", "d2", "d20", "--seeds", "3")
    text = table.output.read_text()
    # d2 has the values 1, 2, 3; d20 31, 32, 33; standard error 1 / sqrt(3)
    assert "| 2 | 2.00 ± 0.58 | -135.73 | 2.00 ± 0.58 | -137.08 |" in text
    assert "| 20 | 32.00 ± 0.58 | -88.90 |" in text
    assert "| 2 | 2.0 ± 0.6 | 72.6 | 2.0 ± 0.6 | 80.8 |" in text
    assert re.search(r"\| d20 \| 3 \| 33.00 .* \| 3 \| 2026-01-01 \|", text)
    assert "a processor, a machine, jax, keras 3" in text


def test_one_seed_has_no_standard_error_and_burda_has_its_own_section():
    results = [made_result(row.parameters_of(setup, 1, None, 1.0)) for setup in ("d5", "burda")]
    text = document(results)
    assert "| 5 | 11.00 | -110.21 |" in text
    assert "| 50 | 41.00 | -86.76 |" in text
    assert "integrated" not in text


def test_every_published_elbo_is_re_minus_kl():
    for name in ("d2", "d5", "d10", "d20"):
        published = SETUPS[name].published
        assert published["re"] - published["kl"] == pytest.approx(published["elbo"], abs=0.011)


@pytest.mark.parametrize(("name", "sizes"), [("d5", (784, 256, 128)), ("burda", (784, 200, 200))])
def test_the_networks_have_the_sizes_of_the_paper(name, sizes):
    encoder, decoder = SETUPS[name].networks()
    d = {"d5": 5, "burda": 50}[name]
    dense = [layer for layer in encoder.layers if isinstance(layer, keras.layers.Dense)]
    shapes = [layer.kernel.shape for layer in dense]
    assert shapes == [*pairwise(sizes), (sizes[-1], d), (sizes[-1], d)]
    mirrored = [layer for layer in decoder.layers if isinstance(layer, keras.layers.Dense)]
    units = [d, *sizes[:0:-1], 784]
    assert [layer.kernel.shape for layer in mirrored] == list(pairwise(units))


def test_burdas_rate_falls_over_3280_epochs():
    rate = SETUPS["burda"].optimizer()._learning_rate
    of_epoch = [float(rate(3000 * epoch + 1)) for epoch in (0, 1, 4, 1093, 3279)]
    expected = [1e-3 * 10 ** (-i / 7) for i in (0, 1, 2, 7, 7)]
    np.testing.assert_allclose(of_epoch, expected, rtol=1e-5)
    assert SETUPS["burda"].epochs == sum(3**i for i in range(8))


def test_a_row_is_trained_and_measured_and_then_left_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("FIDLE_VAE_RUN_DIR", str(tmp_path))
    monkeypatch.setattr(row, "load_mnist", lambda scale: few_digits())
    monkeypatch.setattr(row, "LABELS", (30,))
    monkeypatch.setattr(
        row, "SETUPS", {"d2": SETUPS["d2"]._replace(samples=5, warmup=2, patience=1)}
    )
    monkeypatch.setattr("sys.argv", ["row", "d2", "1", "--epochs", "3"])
    row.main()
    run = Run("d2-seed1", root=tmp_path / "paper_table")
    found = run.manifest["metrics"]
    assert found["elbo"] == pytest.approx(found["re"] - found["kl"])
    assert found["elbo"] < found["ll"] < 0
    vae = keras.saving.load_model(run.models / "best.keras")
    x = row.binarize(few_digits().x_test, seed=1)
    assert found["ll_integrated"] == pytest.approx(-integrated_nll(vae.decoder, x).mean(), rel=1e-4)
    assert 0 < found["knn_30"] < 1
    before = (run.path / "manifest.json").stat().st_mtime_ns
    row.main()
    assert (run.path / "manifest.json").stat().st_mtime_ns == before


def few_digits():
    from fidle_vae.data.datasets import load_dataset

    return load_dataset("digits", 0.01)
