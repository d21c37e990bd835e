"""What a student's function gets, and how its errors are described."""

import ast
import linecache
import textwrap
from pathlib import Path

import keras
import nbformat
import numpy as np
import pytest
from keras import ops
from scipy.stats import norm

from fidle_vae import checks as check
from fidle_vae.checks.engine import describe_error, outcome
from fidle_vae.checks.engine.student_code import _is_stub, is_untouched
from tests.checks.planted.models import model_of


def described(function, *arguments):
    try:
        function(*arguments)
    except Exception as error:
        return describe_error(error)


@pytest.mark.core
def test_the_line_is_the_students_own_wherever_the_error_was_raised():
    for mistake in (
        lambda: np.random.RandomState(0).normal(size="two"),  # .pyx
        lambda: np.random.default_rng(0).normal(size="two"),
        lambda: model_of().reconstruct(np.zeros((28, 28, 1))),  # our package
        lambda: textwrap.dedent(3),  # the standard library
        lambda: keras.layers.Dense(-2),  # a package
        lambda: exec(compile("1 / 0", "<string>", "exec")),  # no file
    ):
        assert f"Line {mistake.__code__.co_firstlineno}, `lambda: " in described(mistake)
        assert "raises" in described(mistake)


def test_an_error_is_described_by_the_line_that_raised_it():
    def my_kl(z_mean, z_log_var):
        half = 0.5
        return half * ops.sum(z_means**2, axis=1)  # noqa: F821

    found = check.kl(my_kl)
    assert found.mistake == "error"
    assert "`return half * ops.sum(z_means**2, axis=1)" in found.message
    assert "raises NameError: name 'z_means' is not defined." in found.message
    assert "\n" not in found.message


@pytest.mark.parametrize("name", ["/tmp/ipykernel_123/456.py", "<ipython-input-4-abc>"])
def test_a_cell_is_the_students_own(name):
    names = {}
    exec(compile("def my_kl(z_mean, z_log_var):\n    1 / 0", name, "exec"), names)
    assert described(names["my_kl"], 0, 0) == "Line 2 raises ZeroDivisionError: division by zero."


def test_an_error_without_a_line_of_the_student_says_so():
    found = outcome("x", keras.layers.Dense, -2)
    assert found.message.startswith("It cannot be run: ValueError: Received an invalid value")


def test_a_function_of_other_arguments_is_reported():
    assert "positional argument" in check.kl(lambda z_mean: z_mean).message


def test_what_tensorflow_adds_to_its_messages_is_left_out():
    found = check.kl(lambda z_mean, z_log_var: ops.matmul(z_mean, z_log_var)).message
    assert "Matrix size-incompatible: In[0]: [5,2], In[1]: [5,2]." in found
    assert "Op:" not in found
    assert "{{" not in found


@pytest.mark.core
def test_what_keras_wraps_around_an_error_of_a_layer_is_left_out():
    infer = "Could not automatically infer the output shape / dtype of 'x'. Error encountered:"
    for said in (f"Exception encountered when calling X.call().\n\n\x1b[1m{infer}", infer):
        found = describe_error(ValueError(f"{said}\n\nThe reason.\x1b[0m\n\nArguments received"))
        assert found == "It cannot be run: ValueError: The reason."
    assert describe_error(ValueError(infer)).endswith("Error encountered.")


@pytest.mark.core
def test_a_function_gets_copies():
    given = {"a": [np.ones(3)]}
    outcome("x", lambda a: a["a"][0].fill(7), given)
    assert given["a"][0].tolist() == [1, 1, 1]


@pytest.mark.core
def test_complex_numbers_are_reported_without_a_warning(recwarn):
    found = check.epoch_loss(lambda losses: np.concatenate(losses).mean() + 0j)
    assert found.mistake == "no_number"
    assert len(recwarn) == 0


STUBS = [
    "def f(x):\n    ...  # your code here",
    "def f(x):\n    'Compute it.'\n    z_mean, z_log_var = x\n    ...  # your code here",
    "def f(x):\n    image = Input((28, 28, 1))\n    ...",
    "def f(x):\n    pass",
]
TOUCHED = [
    "def f(x):\n    y = x + 1",
    "def f(x):\n    y = x + 1\n    ...",
    "def f(x):\n    ...\n    y = 1",
    "def f(x):\n    print(x)",
    "def f(x):\n    return None",
]


@pytest.mark.parametrize("known", [True, False])
def test_only_an_untouched_stub_is_not_done(known, monkeypatch):
    for number, source in enumerate(STUBS[:1] + STUBS[3:] if not known else STUBS + TOUCHED):
        name, names = f"/tmp/ipykernel_1/{number}.py", {}
        exec(compile(source, name, "exec"), names)
        if known:
            lines = source.splitlines(keepends=True)
            monkeypatch.setitem(linecache.cache, name, (len(source), None, lines, name))
        assert is_untouched(names["f"]) == (source in STUBS), source


def test_the_stubs_of_all_lessons_are_not_done():
    found = 0
    for path in sorted((Path(__file__).parents[3] / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, 4).cells:
            for function in _functions(cell.source) if "exercise" in _tags(cell) else ():
                assert _is_stub(function), ast.unparse(function)
                found += 1
    assert found > 10


def _tags(cell):
    return cell.metadata.get("tags", ())


def _functions(source):
    """The functions of a cell that still have dots in them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and "...\n" in f"{ast.unparse(node)}\n":
            yield node


def test_what_is_printed_is_still_printed(capsys):
    found = check.kl(lambda z_mean, z_log_var: print("so far"))
    assert found.mistake == "prints"
    assert "so far" in capsys.readouterr().out


def test_a_distribution_of_scipy_is_no_data_from_outside():
    def my_log_evidence(log_likelihood, z):
        """Return a sum without its logarithm."""
        return np.sum(np.exp(log_likelihood) * norm.pdf(z), axis=1) * (z[1] - z[0])

    assert check.log_evidence(my_log_evidence).mistake == "log_evidence_no_logarithm"


images = np.zeros((3, 4, 5, 1), "float32")


def test_what_stands_in_for_an_argument_is_named_with_it():
    def my_best_sigma(x, x_hat):
        """Return the spread of all training images, say."""
        return np.std(x - images[:1, :1, :1])

    found = check.best_sigma(my_best_sigma)
    assert found.mistake == "made_outside"
    assert found.message.startswith("`images` is made outside your function")
    assert found.message.endswith("Nothing uses `x_hat` yet.")
