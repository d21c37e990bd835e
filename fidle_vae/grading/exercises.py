"""The exercises of a lesson: the checks in its cells tagged `check`.

They are read from the lesson's own notebook and never from a submission, where they may have been
changed.
"""

import ast
import json
from pathlib import Path
from typing import NamedTuple

KEYED = {"answer", "program"}  # checks whose first argument names the exercise


class Statement(NamedTuple):
    """A statement of a check cell, such as `check.kl(my_kl)`.

    Attributes:
        code: what to execute.
        exercises: names of its results, such as ["kl"] or ["answer VAE1-1"].
    """

    code: str
    exercises: list[str]


def read_exercises(path: Path) -> list[Statement]:
    """Return the statements of the cells tagged `check` in a notebook; execute nothing."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    statements = []
    for cell in cells:
        if cell["cell_type"] == "code" and "check" in cell["metadata"].get("tags", []):
            for node in ast.parse("".join(cell["source"])).body:
                names = [name for part in ast.walk(node) if (name := _exercise(part))]
                statements.append(Statement(ast.unparse(node), list(dict.fromkeys(names))))
    return statements


def _exercise(node):
    """Return the name of the exercise that a call checks, or None if it calls no check."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="check"), attr="summary")):
            return None
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="check"), attr=check),
            args=[ast.Constant(value=str() | int() as key), *_],
        ) if check in KEYED:
            return f"{check} {key}"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="check"), attr=check)):
            return check
    return None
