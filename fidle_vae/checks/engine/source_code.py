"""Looks into the text of a student's code, for what its values cannot show."""

import ast
import inspect
import io
import textwrap
import tokenize
import types
from collections.abc import Callable, Iterator

METHODS = "call", "train_step"  # what a student writes of a class
PACKAGES = {"keras", "fidle_vae", "tensorflow", "torch", "jax"}


def words_of(answer: object) -> list[str]:
    """Return names, numbers and signs of a function, or of a class's methods; [] if out of reach.

    Comments, quoted text and spaces are left out.
    """
    kept = tokenize.NAME, tokenize.NUMBER, tokenize.OP
    found = (word for code in functions_of(answer) for word in _tokens(code))
    return [word.string for word in found if word.type in kept]


def trees_of(answer: object) -> list[ast.FunctionDef]:
    """Return the functions that a student wrote, as trees; without those that are out of reach."""
    trees = []
    for function in functions_of(answer):
        if (function.__module__ or "").partition(".")[0] in PACKAGES:
            continue
        try:
            lines, first = inspect.getsourcelines(function)
            tree = ast.parse(textwrap.dedent("".join(lines))).body[0]
        except (OSError, TypeError, SyntaxError):  # no file, or a lambda amid other code
            continue
        if isinstance(tree, ast.FunctionDef) and tree.name == function.__name__:
            trees.append(ast.increment_lineno(tree, max(first, 1) - 1))
    return trees


def text_of(answer: object) -> str:
    """Return what a student wrote, without comments and docstrings, in one form; "" if unknown."""
    trees = trees_of(answer)
    for tree in trees:
        if ast.get_docstring(tree) is not None:
            tree.body = tree.body[1:]
    return "\n".join(ast.unparse([*tree.args.args, *tree.body]) for tree in trees)


def unused_parameters(answer: object) -> list[str]:
    """Return the parameters that a function never reads; [] if its text is out of reach."""
    for tree in trees_of(answer)[:1]:
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        return [each.arg for each in tree.args.args if each.arg not in used]
    return []


def quotient_of_zero(answer: object) -> str:
    """Return the first quotient of numbers that Python cuts to 0, such as "1//2"; "" if none."""
    words = words_of(answer)
    for above, sign, below in zip(words, words[1:], words[2:], strict=False):
        whole = above.isdecimal() and below.isdecimal()
        if sign == "//" and whole and 0 < int(above) < int(below):
            return f"{above}//{below}"
    return ""


def has_words(answer: object, *words: str) -> bool:
    """Whether these words follow each other in the code of a function or class."""
    found = words_of(answer)
    return any(tuple(found[i : i + len(words)]) == words for i in range(len(found)))


def used_names(code: types.CodeType | None) -> set[str]:
    """Return the names that a code, and the functions inside it, use and do not make."""
    every = list(_nested(code))
    used = {name for each in every for name in (*each.co_names, *each.co_freevars)}
    return used - {name for each in every for name in each.co_cellvars}


def uses(answer: object, name: str) -> bool:
    """Whether a function uses a name that it does not make itself, such as that of a method."""
    return name in used_names(getattr(answer, "__code__", None))


def _nested(code):
    if code:
        yield code
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                yield from _nested(constant)


def functions_of(answer: object) -> Iterator[Callable]:
    """Yield the functions that a student wrote: a class is looked at method by method."""
    if inspect.isfunction(answer):
        yield answer
        return
    kind = answer if isinstance(answer, type) else type(answer)
    yield from (vars(kind)[name] for name in METHODS if name in vars(kind))


def _tokens(code):
    try:
        yield from tokenize.generate_tokens(io.StringIO(inspect.getsource(code)).readline)
    except (OSError, TypeError, SyntaxError, tokenize.TokenError):
        return  # no file; or a lambda, whose lines are a part of other code
