"""A folder of checks, and a file of planted answers, need no other edit."""

import shutil
from pathlib import Path

import fidle_vae
from fidle_vae import checks as check

NEW_CHECK = """
from fidle_vae.checks.engine import Mistake, diagnose, recorded

MISTAKES = [Mistake("double_thrice", "You take it three times.", lambda x: 3 * x)]

@recorded
def double(my_double):
    return diagnose("double", my_double, [{"x": 2.0}], [lambda x: 2 * x], MISTAKES)
"""
NEW_ANSWERS = """
from tests.checks.planted import right, wrong

right("double")(lambda x: x + x)
wrong("double", "double_thrice")(lambda x: 3 * x)
"""
PROGRAM = """
from fidle_vae import checks as check
from tests.checks.planted_mistakes import RIGHT, WRONG, judge

assert "double" in dir(check) and "double" in check.__all__
assert judge("double", RIGHT["double"][0]).ok
print(judge("double", WRONG["double"]["double_thrice"][0]))
print(check.summary())
"""


def test_a_new_folder_of_checks_and_its_planted_answers_are_found(tmp_path, run_python):
    package, here = Path(fidle_vae.__file__).parent, Path(__file__).parent
    shutil.copytree(package, tmp_path / "fidle_vae", ignore=shutil.ignore_patterns("__pycache__"))
    planted = tmp_path / "tests" / "checks" / "planted"
    planted.mkdir(parents=True)
    for path in ("../__init__.py", "__init__.py", "planted_mistakes.py", "planted/__init__.py"):
        shutil.copy(here / path, planted.parent / path)
    folder = tmp_path / "fidle_vae" / "checks" / "doubling"
    folder.mkdir()
    face = 'from fidle_vae.checks.doubling.double import double\n\n__all__ = ["double"]\n'
    (folder / "__init__.py").write_text(face)
    (folder / "double.py").write_text(NEW_CHECK)
    (planted / "doubling.py").write_text(NEW_ANSWERS)
    printed = run_python(PROGRAM, cwd=tmp_path)
    assert "You take it three times. For x = 2: 6 where 4 is expected." in printed
    assert "1 right" in printed  # a right answer stays right


def test_the_checks_are_what_completion_offers():
    assert dir(check) == sorted(check.__all__)
    assert len(set(check.__all__)) == len(check.__all__)
    assert all(callable(getattr(check, name)) for name in check.__all__)
