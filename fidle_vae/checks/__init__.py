"""Checks that say what is wrong with a student's code: `from fidle_vae import checks as check`.

To add checks, make a folder here; nothing else needs an edit. Its `__init__.py` imports the checks
and lists them in `__all__`: they become `check.<name>`. A check is a catalogue of known mistakes
and one function, decorated with `exercise`, which makes the cases; losses/beta_weight.py is the
shortest example. `fidle_vae.checks.engine` has what it needs: `Mistake` is the form of every
catalogue, `diagnose` compares a function's values, `recognise` judges what was observed.
Answers that make the mistakes go into one file of tests/checks/planted, hints for its
exercises into hints/<lesson>.toml.

Where submissions are graded, an answer is a stand-in that sends its arguments to another process
and gets values back. A check that looks at more than values says what to do then, by
`runs_elsewhere(answer)`; an object that notes how an answer uses it is a `Spy`; a network that an
answer is to change has `may_change = True`. tests/grading/test_judging.py tries right answers so.
"""

import importlib
import pkgutil

from fidle_vae.checks.engine.summary import passed, summary

__all__ = ["passed", "summary"]
for _, _name, _is_folder in pkgutil.iter_modules(__path__):
    if _is_folder and _name != "engine":
        _subject = importlib.import_module(f"{__name__}.{_name}")
        globals().update({each: getattr(_subject, each) for each in _subject.__all__})
        __all__ += _subject.__all__


def __dir__():
    return sorted(__all__)
