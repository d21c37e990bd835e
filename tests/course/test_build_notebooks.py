"""An exercise is cut from its solution."""

import pytest
from build_notebooks import build, cut, solve

FUNCTION = """\
def my_kl(z_mean, z_log_var):
    \"\"\"Give the KL.\"\"\"
    half = 0.5
    # BEGIN SOLUTION
    inner = z_mean**2
    return half * inner  # the end
    # END SOLUTION"""


def test_a_stub_stands_in_place_of_a_solution():
    assert cut(FUNCTION) == (
        'def my_kl(z_mean, z_log_var):\n    """Give the KL."""\n    half = 0.5\n'
        "    ...  # your code here"
    )


def test_a_solution_loses_its_marks_only():
    assert solve(FUNCTION) == (
        'def my_kl(z_mean, z_log_var):\n    """Give the KL."""\n    half = 0.5\n'
        "    inner = z_mean**2\n    return half * inner  # the end"
    )


def test_what_stands_instead_is_uncommented_at_the_solutions_depth():
    source = (
        "def f():\n    # BEGIN SOLUTION\n    a = 1\n    # INSTEAD\n    # a = {  # one\n"
        "    #     2: ...,\n    # }\n    # END SOLUTION\n    return a"
    )
    assert cut(source) == "def f():\n    a = {  # one\n        2: ...,\n    }\n    return a"
    assert solve(source) == "def f():\n    a = 1\n    return a"


def test_an_exercise_may_have_two_solutions():
    source = (
        "# BEGIN SOLUTION\na = 1\n# END SOLUTION\nb = 2\n# BEGIN SOLUTION\nc = 3\n# END SOLUTION"
    )
    assert cut(source) == "...  # your code here\nb = 2\n...  # your code here"
    assert solve(source) == "a = 1\nb = 2\nc = 3"


def test_an_exercise_without_a_solution_is_refused():
    with pytest.raises(ValueError, match="marks no solution to cut out:\na = 1"):
        cut("a = 1")


@pytest.mark.parametrize(
    "cell",
    [
        "# %%\n# BEGIN SOLUTION\na = 1\n# END SOLUTION",  # not tagged as an exercise
        '# %% tags=["exercise"]\n# BEGIN SOLUTION\na = 1\n# END SOLUTION\n# BEGIN SOLUTION\nb = 1',
    ],
)
@pytest.mark.parametrize("solved", [False, True])
def test_a_mark_that_would_show_is_refused(tmp_path, cell, solved):
    source = tmp_path / "VAE9.py"
    source.write_text("# %% [markdown]\n# # A lesson\n\n" + cell)
    with pytest.raises(ValueError, match=r"VAE9\.py: a mark of a solution is left in\n"):
        build(source, solved)


def test_a_notebook_says_which_lesson_it_is_and_keeps_what_slides_need(tmp_path):
    source = tmp_path / "VAE9.py"
    source.write_text(
        '# %% [markdown] slideshow={"slide_type": "slide"} editable=false\n# # A lesson\n\n'
        '# %% tags=["parameters"]\na = 1\n'
    )
    for solved in (False, True):
        notebook = build(source, solved)
        assert notebook.metadata["fidle_vae"] == {"lesson": "VAE9"}
        assert notebook.cells[0].metadata == {"slideshow": {"slide_type": "slide"}}
        assert notebook.cells[-1].metadata == {"tags": ["parameters"]}


def test_the_code_of_claims_is_folded_and_no_other(tmp_path):
    source = tmp_path / "VAE9.py"
    source.write_text(
        '# %% [markdown]\n# # A lesson\n\n# %% tags=["claims"]\nrun.claim("a", "b", 1, at_least=0)'
        "\n\n# %%\na = 1\n"
    )
    for solved in (False, True):
        claims, other = build(source, solved).cells[-2:]
        assert claims.metadata == {"tags": ["claims"], "jupyter": {"source_hidden": True}}
        assert other.metadata == {}
