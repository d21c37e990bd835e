"""Answers of students: right ones, and wrong ones with the diagnosis that each must get.

Put the answers to new checks into a file of this folder; the tests and the table of
`python -m tests.checks.planted_mistakes` find it by themselves. Each answer is registered for the
check that must judge it, `check.<name>(answer)`:

    @right("kl")                              # or right("kl")(my_kl)
    @wrong("kl", "kl_without_half")           # the mistake that the check must find

    called("loss", lambda answer: check.loss(answer, WEIGHTS))  # where the call is another
    on_every_backend("kl", "loss")            # where answers compute with tensors
    unfinished("encoder", None, ...)          # where what is to do is no function
"""

from fidle_vae import checks as check

WRONG = {}  # check: {name of the mistake: answers that make it}
RIGHT = {}  # check: right answers
CALLS = {}  # check: how it is called, where that is not `check.<name>(answer)`
CORE = set()  # the checks that must hold on every backend
UNFINISHED = {}  # check: what is not done yet, where that is no function that is a stub


def wrong(check_name, mistake):
    """Register an answer that makes a mistake."""

    def register(answer):
        WRONG.setdefault(check_name, {}).setdefault(mistake, []).append(answer)
        return answer

    return register


def right(check_name):
    """Register a right answer."""

    def register(answer):
        RIGHT.setdefault(check_name, []).append(answer)
        return answer

    return register


def called(check_name, call):
    """Register how a check is called on its answers."""
    CALLS[check_name] = call


def on_every_backend(*check_names):
    """Register checks whose diagnosis must be the same on every backend."""
    CORE.update(check_names)


def unfinished(check_name, *answers):
    """Register what a check must call not done, instead of functions that are stubs."""
    UNFINISHED[check_name] = answers


def judge(check_name, answer):
    """Return what a check says of an answer."""
    return (CALLS.get(check_name) or getattr(check, check_name))(answer)
