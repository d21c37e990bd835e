"""Executes a check where the answers are, or where stand-ins are, and says what it found."""

import contextlib
import json
from typing import BinaryIO

HERE = "<check>"
LONGEST = 1000  # characters of a message


def find(
    code: str,
    exercises: list[str],
    names: dict,
    within: contextlib.AbstractContextManager | None = None,
) -> dict[str, dict]:
    """Execute a statement such as `check.kl(my_kl)`; return the finding of each exercise.

    Args:
        code: the statement.
        exercises: the names of its results.
        names: what the statement may name, such as `my_kl`.
        within: entered while it is executed, if anything.
    """
    from fidle_vae import checks  # which imports Keras
    from fidle_vae.checks.engine.summary import forget, summary

    forget()
    error = None
    try:
        with within or contextlib.nullcontext():
            exec(compile(code, HERE, "exec"), {}, names | {"check": checks})
    except BaseException as raised:  # a submission may raise anything, even SystemExit
        error = raised
    found = {result.check: result for result in summary()}
    return {each: _finding(found.get(each), error) for each in exercises}


def _finding(result, error):
    lacks = None
    if result is not None:
        value, mistake, message = result.status, result.mistake, result.message
    elif error is None:
        value, mistake, message = "not run", None, "The lesson's check returned no result."
    elif isinstance(error, KeyboardInterrupt):
        value, mistake, message = "wrong", "endless", error
    elif isinstance(error, NameError) and _is_ours(error):
        value, mistake, lacks = "missing", None, error.name
        message = f"`{lacks}` is not defined: its cell is missing, or raised an error."
    else:
        value, mistake = "wrong", "error"
        message = f"It cannot be checked: {type(error).__name__}: {error}"
    return {"value": value, "mistake": mistake, "message": str(message)[:LONGEST], "lacks": lacks}


def _is_ours(error):
    """Whether an error was raised by the lesson's own line, not by code that it calls."""
    trace = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename == HERE


def say(stream: BinaryIO, word: str, content: object) -> None:
    """Write a message: a word that says what it is, and its content as JSON."""
    stream.write(f"{word} {json.dumps(content)}\n".encode())
    stream.flush()


def hear(stream: BinaryIO) -> tuple[bytes, object] | None:
    """Return the word and the content of the next message; None where there is no more."""
    word, _, content = stream.readline().partition(b" ")
    return (word, json.loads(content)) if word else None
