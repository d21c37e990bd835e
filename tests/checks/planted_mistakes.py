"""All planted answers: `python -m tests.checks.planted_mistakes` prints what the checks say.

It imports every file of the folder `planted`, each of which registers its own answers.
"""

import importlib
import pkgutil
import sys

from tests.checks import planted
from tests.checks.planted import RIGHT as RIGHT
from tests.checks.planted import WRONG, judge

for module in pkgutil.iter_modules(planted.__path__):
    importlib.import_module(f"{planted.__name__}.{module.name}")


def main():
    """Print the table of wrong answers; return how many did not get their diagnosis."""
    answers = [
        (name, mistake, answer)
        for name, mistakes in WRONG.items()
        for mistake, answers in mistakes.items()
        for answer in answers
    ]
    missed = 0
    print("| check | mistake | what it says |\n| --- | --- | --- |")
    for name, mistake, answer in answers:
        found = judge(name, answer)
        taken = "" if found.mistake == mistake else f", TAKEN FOR {found.mistake}"
        missed += bool(taken)
        print(f"| {name} | {mistake}{taken} | {found.message} |")
    print(f"\n{len(answers)} wrong answers, {missed} of them taken for something else.")
    return missed


if __name__ == "__main__":
    sys.exit(main() > 0)
