"""Executes the checks of a lesson on what a submission defines, and tests the checks themselves.

This module is imported after the cells of the submission have run, together with the checks.
"""

import importlib
import math
from collections.abc import Iterator

from keras import ops

from fidle_vae.checks.engine.summary import forget, summary

HERE = "<check>"
LONGEST = 1000  # characters of a message
NONSENSE = {"answer": "an answer to no question", "program": lambda *_: None}
checks = importlib.import_module("fidle_vae.checks")  # what a lesson calls `check`


def judge(namespace: dict, statements: list, seconds: float, alarm) -> Iterator[dict]:
    """Execute statements such as `check.kl(my_kl)`; yield the finding of each exercise.

    Before each finding, the checks are tested on answers known to be right or wrong. If they judge
    one wrongly, their results count for nothing, and judging ends.

    Args:
        namespace: what the submission defines.
        statements: pairs of code and names of exercises.
        seconds: time limit for a statement.
        alarm: a `worker.Alarm`.
    """
    for code, exercises in statements:
        forget()
        error = _execute(code, namespace, seconds, alarm)
        found = {result.check: result for result in summary()}
        for exercise in exercises:
            if _is_fooled(exercise):
                yield {"tampered": True}
                return
            yield {"exercise": exercise} | _finding(found.get(exercise), error, seconds)


def _execute(code, namespace, seconds, alarm):
    """Execute a statement; return what it raises, or None."""
    try:
        with alarm.after(seconds):
            exec(compile(code, HERE, "exec"), namespace | {"check": checks})
    except BaseException as error:  # a submission may raise anything, even SystemExit
        return error
    return None


def _finding(result, error, seconds):
    if result is not None:
        return _say(result.status, result.mistake, result.message)
    if error is None:
        return _say("not run", None, "The lesson's check returned no result.")
    if isinstance(error, KeyboardInterrupt):
        return _say("wrong", "endless", f"It did not end within {seconds:g} s.")
    if isinstance(error, NameError) and _is_ours(error):
        what = f"`{error.name}` is not defined: its cell is missing, or raised an error."
        return _say("missing", None, what) | {"lacks": error.name}
    return _say("wrong", "error", f"It cannot be checked: {type(error).__name__}: {error}")


def _say(value, mistake, message):
    return {"value": value, "mistake": mistake, "message": str(message)[:LONGEST]}


def _is_ours(error):
    """Whether an error was raised by the lesson's own line, not by code that it calls."""
    trace = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename == HERE


def _is_fooled(exercise):
    """Whether the checks accept a wrong answer, or reject a right one."""
    check, _, key = exercise.partition(" ")
    if checks.kl(_right).mistake is not None or checks.kl(_doubled).mistake != "kl_without_half":
        return True
    if not key:
        return False
    for known in {key, int(key) if key.isdecimal() else key}:
        try:
            if getattr(checks, check)(known, NONSENSE[check]).ok:
                return True
        except Exception:  # an error does not accept the answer either
            continue
    return False


def _right(z_mean, z_log_var):
    """Return the KL from the standard normal, in plain Python, as cells may have changed NumPy."""
    rows = zip(*(ops.convert_to_numpy(x).tolist() for x in (z_mean, z_log_var)), strict=True)
    return ops.convert_to_tensor(
        [sum((m * m + math.exp(v) - 1 - v) / 2 for m, v in zip(*row, strict=True)) for row in rows]
    )


def _doubled(z_mean, z_log_var):
    return 2 * _right(z_mean, z_log_var)
