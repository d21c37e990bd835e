import ast
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as everything
from benchmarks import backends, evaluate_speed, memory, scaling, startup
from benchmarks.contenders import loader_2023
from benchmarks.measure.alternation import Contender, run
from fidle_vae.data.datasets import load_mnist
from tests.helpers.small_datasets import Machine, write_folder


@pytest.fixture
def small_mnist(tmp_path, monkeypatch):
    """Return 400 + 100 images of noise, which replace MNIST."""
    machine = Machine(tmp_path, monkeypatch)
    arrays = machine.publish()
    write_folder(machine.named / "mnist", arrays)
    return arrays


@pytest.fixture
def small_project(tmp_path, monkeypatch):
    """Return a function that adds a benchmark to a temporary project."""
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    monkeypatch.setattr(everything, "HERE", folder)

    def add(name, program):
        (folder / f"{name}.py").write_text(program, encoding="utf-8")

    return add


def rows_of(text):
    """Return the rows of all Markdown tables in a text, by their first cell."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    return {row[0]: row[1:] for row in cells}


def printed_figures(capsys):
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_the_2023_loader_returns_the_published_images_in_another_order(small_mnist):
    x_train, y_train, x_test, y_test = loader_2023.load()
    x, y = np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test])
    published = np.concatenate([small_mnist["x_train"], small_mnist["x_test"]])
    labels = np.concatenate([small_mnist["y_train"], small_mnist["y_test"]])
    place = {image.tobytes(): i for i, image in enumerate(published)}
    order = [place[image.tobytes()] for image in np.round(255 * x[..., 0]).astype(np.uint8)]
    assert sorted(order) == list(range(500))
    assert order != sorted(order)
    np.testing.assert_array_equal(y, labels[order])
    assert (len(x_train), len(x_test)) == (400, 100)
    assert x_train.dtype == load_mnist().x_train.dtype
    np.testing.assert_allclose(x[..., 0], published[order] / 255, rtol=1e-6)


def test_the_2023_loader_cuts_both_parts_to_scale(small_mnist):
    x_train, y_train, x_test, y_test = loader_2023.load(scale=0.1)
    assert [len(array) for array in (x_train, y_train, x_test, y_test)] == [40, 40, 10, 10]


def test_memory_is_compared_beyond_the_imports():
    peaks = {memory.IMPORTS: 100e6, memory.OURS: 300e6, memory.THEIRS: 900e6}
    results = {name: [{"process_peak": peak}] * 2 for name, peak in peaks.items()}
    rows = rows_of(memory.report("loading", results))
    assert rows[memory.OURS][1].startswith("200 ")
    assert rows[memory.THEIRS] == [
        "900 (900 to 900)",
        "800 (800 to 800)",
        "4.00 (4.00 to 4.00)",
    ]


def test_the_memory_of_a_process_counts_what_it_held_at_once(run_python):
    # in its own process: it must be smaller than the processes that it measures
    program = """
from benchmarks.measure.alternation import Contender, run
for size in (1, 10_000_000):
    arrays = f"import numpy; a = numpy.ones({size}); b = a + 1"
    print(run(Contender(["-c", arrays]))["process_peak"])
"""
    small, large = map(int, run_python(program, cwd=everything.HERE.parent).split())
    assert large - small == pytest.approx(160e6, rel=0.1)


@pytest.mark.parametrize("loader", ["load_ours", "load_theirs"])
def test_memory_trains_on_what_either_loader_returns(small_mnist, loader, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "fidle_vae.models.vae.VAE.fit",
        lambda self, x, **options: seen.append((x.shape, options["validation_data"].shape)),
    )
    memory.train(*getattr(memory, loader)())
    assert seen == [((400, 28, 28, 1), (100, 28, 28, 1))]


def test_start_up_is_compared_with_the_import_of_tensorflow_of_its_round():
    results = {
        startup.BASE: [{"process_wall": wall, "process_cpu": 1} for wall in (2, 4, 8)],
        "lesson": [{"process_wall": 3 * wall, "process_cpu": 2} for wall in (2, 4, 8)],
    }
    rows = rows_of(startup.report(results))
    assert rows["lesson"] == [
        "12.00 (6.00 to 24.00)",
        "2.00 (2.00 to 2.00)",
        "3.000 (3.000 to 3.000)",
    ]
    assert rows[startup.BASE][2] == ""


def test_the_command_that_start_up_times_is_the_one_that_pip_installs():
    done = run(startup.STARTS["fidle-vae --help"])
    assert done["process_wall"] > 0
    scripts = ast.parse(startup.COMMAND)
    imported = next(node for node in scripts.body if isinstance(node, ast.ImportFrom))
    text = (Path(everything.__file__).parent.parent / "pyproject.toml").read_text("utf-8")
    assert f'fidle-vae = "{imported.module}:{imported.names[0].name}"' in text


def test_scaling_counts_each_image_once_an_epoch(small_mnist, capsys, monkeypatch):
    fits = []
    monkeypatch.setattr(scaling, "_fit", lambda vae, mnist, epochs: fits.append((mnist, epochs)))
    clock = iter(range(0, 1000, 7))
    monkeypatch.setattr("benchmarks.measure.machine.time.perf_counter", lambda: next(clock))
    monkeypatch.setattr("benchmarks.measure.machine.time.process_time", lambda: next(clock))
    scaling.measure(0.5, 2)
    figures = printed_figures(capsys)
    mnist, epochs = fits[-1]
    assert (len(mnist.x_train), len(mnist.x_test), epochs) == (200, 50, 2)
    assert len(fits) > 1  # the earlier ones are for compilation
    assert figures["loading"] / figures["training"] == pytest.approx(2)


def test_scaling_sees_the_peak_of_its_own_process_grow(run_python):
    program = """
from benchmarks.measure.alternation import Contender, run
measure = (
    "import json, numpy; from benchmarks.scaling import _peak_memory; before = _peak_memory();"
    "array = numpy.ones(20_000_000); print(json.dumps({'growth': _peak_memory() - before}))"
)
print(run(Contender(["-c", measure]))["growth"])
"""
    growth = int(run_python(program, cwd=everything.HERE.parent))
    assert growth == pytest.approx(160e6, rel=0.1)


def test_scaling_runs_a_real_training(small_mnist, capsys, monkeypatch):
    monkeypatch.setattr(scaling, "WARM_UP_EPOCHS", 1)
    scaling.measure(1.0, 1)
    figures = printed_figures(capsys)
    assert set(figures) == set(scaling.COLUMNS)
    assert figures["training"] > figures["loading"] > 0
    assert figures["training, CPU"] > 0


def test_scales_are_compared_with_the_last_one():
    results = {
        scale: [dict.fromkeys(scaling.COLUMNS, value)] for scale, value in ((0.1, 3), (1.0, 2))
    }
    text = scaling.report(results)
    compared = rows_of(text[text.index("| ratio to scale 1 ") :])
    assert set(compared["0.1"]) == {"1.50 (1.50 to 1.50)"}
    assert set(compared["1.0"]) == {"1.00 (1.00 to 1.00)"}


def test_a_speed_is_images_by_seconds_and_the_warm_up_does_not_count(monkeypatch):
    now, order = [0.0], []
    monkeypatch.setattr(evaluate_speed.time, "perf_counter", lambda: now[0])

    def work(name, seconds):
        times = iter(seconds)

        def go():
            order.append(name)
            now[0] += next(times)

        return go

    works = {
        "a": evaluate_speed.Work(work("a", [9, 1, 2]), 10),
        "b": evaluate_speed.Work(work("b", [9, 4, 4]), 100),
    }
    assert evaluate_speed.measure(works, rounds=2) == {"a": [10, 5], "b": [25, 25]}
    assert order == ["a", "b"] * 3


def test_evaluate_speed_runs_with_a_few_images(small_mnist, capsys, monkeypatch):
    monkeypatch.setattr(evaluate_speed, "SIDE", 2)
    monkeypatch.setattr(evaluate_speed, "ONE_BY_ONE", 2)
    monkeypatch.setattr(evaluate_speed, "SAMPLES", 5)
    text = evaluate_speed.main(["--rounds", "1", "--images", "10"])
    assert capsys.readouterr().out == text + "\n"
    rows = rows_of(text)
    assert {"encode: vae.encode", "decode: likelihood, 5 samples"} <= set(rows)
    one_by_one = next(cells for name, cells in rows.items() if "decoder.predict, each" in name)
    assert float(one_by_one[1].split()[0]) > 1


@pytest.mark.parametrize("arguments", [["--rounds", "0"], ["--images", "0"], ["--images", "10001"]])
def test_evaluate_speed_refuses_impossible_numbers(arguments, capsys):
    with pytest.raises(SystemExit):
        evaluate_speed.main(arguments)
    assert f"{arguments[0]} must be" in capsys.readouterr().err


def test_a_group_is_compared_with_its_first():
    rows = evaluate_speed.report("decode", {"ours": [300.0, 100.0], "theirs": [100.0, 50.0]})
    assert rows[0][2] == ""
    assert rows[1] == ["decode: theirs", "75 (50 to 100)", "2.50 (2.00 to 3.00)"]


def test_each_backend_has_a_process_with_its_environment():
    contenders = backends.contenders("mlp", ["jax", "torch"], 0.1, 3)
    environments = {name: contender.environment for name, contender in contenders.items()}
    assert environments == {
        "jax": {"KERAS_BACKEND": "jax"},
        "torch": {"KERAS_BACKEND": "torch"},
        "jax, compiled epochs": {"KERAS_BACKEND": "jax"},
    }
    compiled = {name: "compiled=True" in c.arguments[1] for name, c in contenders.items()}
    assert compiled == {"jax": False, "torch": False, "jax, compiled epochs": True}
    assert set(backends.contenders("mlp", ["torch"], 0.1, 3)) == {"torch"}


COMPILED_AND_FIT = """
import json
import keras
import numpy as np
from benchmarks.contenders import compiled_epochs
from benchmarks.contenders.ours import new_model

x = np.random.default_rng(0).random((150, 28, 28, 1), dtype="float32")
models = []
for _ in range(3):
    keras.utils.set_random_seed(1)
    models.append(new_model("mlp"))
history = models[0].fit(x, batch_size=64, epochs=3, shuffle=False, verbose=0).history
epochs = list(compiled_epochs.train(models[1], x, 64, 3, shuffle=False))
list(compiled_epochs.train(models[2], x, 64, 3))
weights = [np.concatenate([w.ravel() for w in model.get_weights()]) for model in models]
print(json.dumps({
    "fit": history,
    "compiled": {name: [epoch.logs[name] for epoch in epochs] for name in history},
    "seconds": [epoch.seconds for epoch in epochs],
    "difference": float(abs(weights[0] - weights[1]).max()),
    "by_order": float(abs(weights[0] - weights[2]).max()),
    "steps": [int(model.optimizer.iterations) for model in models],
}))
"""


def test_compiled_epochs_train_as_fit_does():
    found = run(Contender(["-c", COMPILED_AND_FIT], {"KERAS_BACKEND": "jax"}))
    assert found["difference"] < 1e-6 < 1e-4 < found["by_order"]
    assert found["compiled"] == {
        name: pytest.approx(values, rel=1e-5) for name, values in found["fit"].items()
    }
    assert found["steps"] == [9, 9, 9]  # 64 + 64 + 22 images, three times
    assert found["seconds"] == sorted(found["seconds"])


def test_backends_train_with_compiled_epochs_when_asked(small_mnist, capsys, monkeypatch):
    monkeypatch.setattr(backends, "_compiled", lambda vae, x, epochs: [3.0, 3.5])
    backends.train("mlp", 1.0, 2, compiled=True)
    figures = printed_figures(capsys)
    assert (figures["first_epoch"], figures["training"], figures["speed"]) == (3.0, 3.5, 800)


def test_backends_train_and_name_the_device(small_mnist, capsys):
    backends.train("mlp", 1.0, 2)
    figures = printed_figures(capsys)
    assert figures["device"]
    assert figures["elbo"] < 0
    later = figures["training"] - figures["first_epoch"]
    assert figures["speed"] == pytest.approx(400 / later)
    assert figures["first_epoch"] > later  # it includes compilation
    rows = rows_of(backends.report("mlp", {"jax": [figures]}))
    assert rows[f"jax on {figures['device']}"][1] == "1.00 (1.00 to 1.00)"


def test_the_document_holds_each_benchmark_in_turn(small_project, tmp_path, capfd):
    small_project("one", '"""What one measures.\n\nAnd how."""\nprint("| one µs | 1 |")')
    small_project("two", '"""What two measures."""\nprint("| two | 2 |")')
    path = tmp_path / "docs" / "benchmarks.md"
    assert everything.main(["one", "two"], path) == 0
    text = path.read_text(encoding="utf-8")
    places = [
        text.index(part)
        for part in (
            "## one", "What one measures.", "And how.", "| one µs | 1 |",
            "`python -m benchmarks.one`", "## two", "What two measures.", "| two | 2 |",
        )
    ]  # fmt: skip
    assert places == sorted(places)
    assert "1 of 2" in capfd.readouterr().err


def test_a_benchmark_measured_again_leaves_the_other_sections_as_they_are(small_project, tmp_path):
    small_project("one", '"""One."""\nprint("old one\\n\\n### Its part\\n\\nmore")')
    small_project("two", '"""Two."""\nprint("old two")')
    path = tmp_path / "benchmarks.md"
    assert everything.main(["one", "two"], path) == 0
    before = path.read_text(encoding="utf-8")
    assert everything.main(["one", "two"], path) == 0
    small_project("two", '"""Two."""\nprint("new two")')
    assert everything.main(["two"], path) == 0
    text = path.read_text(encoding="utf-8")
    assert "new two" in text
    assert "old two" not in text
    assert text[: text.index("## two")] == before[: before.index("## two")]
    assert text.count("# Benchmarks") == 1


def test_a_benchmark_that_fails_is_named_and_the_others_still_run(small_project, tmp_path, capfd):
    small_project("bad", '"""Bad."""\nprint("| half | a table |")\nraise OSError("no disk")')
    small_project("good", '"""Good."""\nprint("| good | 1 |")')
    path = tmp_path / "benchmarks.md"
    assert everything.main(["bad", "good"], path) == 1
    text = path.read_text(encoding="utf-8")
    assert "| good | 1 |" in text
    assert "**Failed**, with exit code 1" in text[text.index("## bad") : text.index("## good")]
    assert "half" not in text
    errors = capfd.readouterr().err
    assert "no disk" in errors
    assert "failed: bad" in errors


def test_every_benchmark_of_the_document_says_what_it_is_and_how_to_call_it():
    for name in everything.NAMES:
        assert f"python -m benchmarks.{name}" in everything._docstring(name)


def test_the_processes_that_measure_others_stay_small(run_python):
    program = "import sys\nfrom benchmarks import memory, scaling, startup\nprint(*sys.modules)"
    loaded = run_python(program, cwd=everything.HERE.parent).split()
    assert not {"keras", "tensorflow", "torch", "jax"} & set(loaded)
    assert sys.modules.keys() >= {"keras"}  # this process has it, so the names compared are right
