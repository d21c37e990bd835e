"""Slips that the text of a student's code shows, whatever the exercise: a line without effect."""

import ast
import dis
import functools
import inspect
import types
from collections.abc import Callable, Iterator

import keras
import numpy as np

from fidle_vae.checks.engine.mistake import Mistake, recognise
from fidle_vae.checks.engine.result import NOT_DONE, Result
from fidle_vae.checks.engine.source_code import (
    has_words,
    quotient_of_zero,
    trees_of,
    unused_parameters,
)

LIBRARIES = {"np", "numpy", "ops", "tf", "torch", "keras", "layers", "math", "scipy"}
# Functions and methods that give something new and leave what they get as it is.
GIVE_NEW = {
    "append", "astype", "cast", "clip", "clamp", "concatenate", "delete", "exp", "expand_dims",
    "flatten", "flip", "log", "maximum", "minimum", "repeat", "reshape", "round", "sqrt",
    "square", "squeeze", "stack", "swapaxes", "tile", "transpose", "where",
}  # fmt: skip
# Those of them that are methods of an array.
OF_ARRAYS = {
    "astype", "clip", "flatten", "repeat", "reshape", "round", "squeeze", "swapaxes", "transpose",
}  # fmt: skip
# Methods, of which nothing can be computed before they are called.
METHODS = {
    "argmax", "argmin", "argsort", "astype", "copy", "cumsum", "decode", "encode", "evaluate",
    "fit", "flatten", "get_weights", "item", "max", "mean", "min", "predict", "prod", "ravel",
    "reconstruct", "reshape", "std", "sum", "tolist", "transpose", "var",
}  # fmt: skip
# Methods that give nothing back.
GIVE_NOTHING = {"append", "compile", "extend", "reverse", "shuffle", "sort", "summary"}
TAKE_FUNCTIONS = {"map", "vectorized_map", "vectorize", "apply_along_axis", "filter", "partial"}
MAKERS = {"layers", "keras", "tf", "jax", "torch", "functools"}


class _Text:
    """The functions of an answer, as trees; none where the text is out of reach."""

    def __init__(self, answer):
        self.answer, self.trees = answer, trees_of(answer)

    def nodes(self, *kinds) -> Iterator[ast.AST]:
        """Yield the nodes of these kinds."""
        for tree in self.trees:
            yield from (node for node in ast.walk(tree) if isinstance(node, kinds))


def told_slip(result: Result, answer: object) -> Result:
    """Return the slip in an answer that is not right, or the result itself where there is none."""
    slip = recognise(result.check, _Text(answer), SLIPS)
    return result if slip.ok else slip


def _line(node):
    return f"Line {node.lineno}, `{ast.unparse(node)}`,"


def _name(function):
    return getattr(function, "attr", getattr(function, "id", ""))


def _compares(text):
    """Find a line that compares and does nothing with it."""
    for node in text.nodes(ast.Expr):
        if isinstance(node.value, ast.Compare) and isinstance(node.value.ops[0], ast.Eq):
            return _line(node)
    return ""


def _drops(text):
    """Find a line that computes something and drops it."""
    for node in text.nodes(ast.Expr):
        value = node.value
        new = isinstance(value, ast.BinOp)
        if isinstance(value, ast.Call):
            name, function = _name(value.func), value.func
            kept = any(option.arg == "out" for option in value.keywords)
            giving_new = GIVE_NEW if _owner(function) in LIBRARIES else OF_ARRAYS
            # layers.Dense(3)(x), np.clip(x, 0, 1), x.clip(0, 1)
            new = _is_layer(function) or (name in giving_new and not kept)
        if new:
            return _line(node)
    return ""


def _takes_nothing(text):
    """Find a line that takes the value of a method which gives none."""
    for node in text.nodes(ast.Return, ast.Assign):
        function = node.value.func if isinstance(node.value, ast.Call) else None
        method = isinstance(function, ast.Attribute) and _owner(function) not in LIBRARIES
        if method and _name(function) in GIVE_NOTHING:
            return _line(node)
    return ""


def _is_layer(node):
    """Whether a node makes a layer, such as layers.Dense(3)."""
    return isinstance(node, ast.Call) and _owner(node.func) in ("layers", "keras")


def _owner(node):
    """Return the first name of names with dots between them, such as np of np.random.rand."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return getattr(node, "id", "")


def _not_called(text):
    """Find a method that stands without its brackets where a value is needed."""
    for node in text.nodes(ast.BinOp, ast.Subscript, ast.Return, ast.Call):
        if isinstance(node, ast.BinOp):
            values = [node.left, node.right]
        elif isinstance(node, ast.Call):
            of_functions = _name(node.func) in TAKE_FUNCTIONS or _owner(node.func) in MAKERS
            values = [] if of_functions else node.args
        else:
            values = [node.value]
        for value in values:
            method = isinstance(value, ast.Attribute) and value.attr in METHODS
            if method and _owner(value) not in {*LIBRARIES, "self", ""}:
                return ast.unparse(value)
    return ""


def _returns_in_loop(text):
    """Find a loop that always ends in its first round."""
    for loop in text.nodes(ast.For):
        if any(isinstance(node, ast.Continue) for node in ast.walk(loop)):
            continue
        for node in loop.body:
            if isinstance(node, ast.Return):
                return _line(node)
    return ""


def _quoted(text):
    """Find True or False in quotes."""
    for node in text.nodes(ast.Assign, ast.keyword):
        if isinstance(node.value, ast.Constant) and node.value.value in ("True", "False"):
            return node.value.value
    return ""


SLIPS = [
    Mistake(
        "quotient_of_zero",
        "`{seen}` is 0, as // gives whole numbers only: a single / divides.",
        lambda text: quotient_of_zero(text.answer),
    ),
    Mistake(
        "compares",
        "{seen} only compares: == asks whether two things are equal, and a single = sets one.",
        _compares,
    ),
    Mistake(
        "quoted_truth",
        '"{seen}" in quotes is a text, which counts as true: write {seen} without quotes.',
        _quoted,
    ),
    Mistake(
        "not_called",
        "`{seen}` is a method, and nothing is computed before it is called: put brackets behind "
        "it, {seen}(...).",
        _not_called,
    ),
    Mistake(
        "returns_in_loop",
        "{seen} stands inside the loop and ends it in its first round: move it out, to the left of "
        "the loop's lines.",
        _returns_in_loop,
    ),
    Mistake(
        "takes_nothing",
        "{seen} keeps nothing, as this method gives None: call it in a line of its own, and take "
        "what stands before its dot.",
        _takes_nothing,
    ),
    Mistake(
        "drops_value",
        "{seen} gives something new, and nothing keeps it; what it got is as before. Write a name "
        "and = in front, or `return`.",
        _drops,
    ),
    Mistake(
        "torch_requires_grad",
        "requires_grad is PyTorch's, and Keras does not look at it: a layer or model is frozen by "
        "trainable = False.",
        lambda text: any(node.attr == "requires_grad" for node in text.nodes(ast.Attribute)),
    ),
]


def from_arguments(check: Callable) -> Callable:
    """Decorate a check of a function that needs its arguments alone, and no data from outside.

    Of an answer that is not right, it names the data and the networks from outside.
    """

    @functools.wraps(check)
    def judged(answer, *args, **kwargs):
        result = check(answer, *args, **kwargs)
        settled = result.ok or result.mistake == NOT_DONE or result.mistake.endswith("_decodes")
        taken = [] if settled else _made_outside(answer)
        if not taken:
            return result
        names, verb = " and ".join(f"`{name}`" for name in taken), "are" if taken[1:] else "is"
        says = (
            f"{names} {verb} made outside your function: use what it gets, "
            f"{', '.join(inspect.signature(answer).parameters)}, and what you make of that inside."
        )
        unused = " and ".join(f"`{name}`" for name in unused_parameters(answer))
        says += f" Nothing uses {unused} yet." if unused else ""
        return Result(result.check, "made_outside", says)

    return judged


def _made_outside(answer):
    """Return the names of data and networks that a function uses and does not make itself.

    The shape and the length of data may be used.
    """
    if not inspect.isfunction(answer):
        return []
    return [
        name
        for name in dict.fromkeys(_globals_of(answer.__code__))
        if _is_data(answer.__globals__.get(name))
        and not has_words(answer, name, ".", "shape")
        and not has_words(answer, "len", "(", name)
    ]


def _globals_of(code):
    yield from (i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL")
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _globals_of(constant)


def _is_data(value):
    if isinstance(value, list | tuple | dict):
        items = value.values() if isinstance(value, dict) else value
        return any(map(_is_data, items))
    if isinstance(value, type):
        return False
    if isinstance(value, np.ndarray) or keras.ops.is_tensor(value):
        return len(value.shape) > 0
    is_model = hasattr(value, "fit") and not hasattr(value, "pdf")  # as scipy.stats.norm has both
    return isinstance(value, keras.Layer) or is_model
