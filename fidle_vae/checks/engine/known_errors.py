"""Describes what a student's code raises, by the student's own line, and says how to mend it."""

import re
import sysconfig
import traceback
from collections.abc import Callable
from pathlib import Path

from keras import ops

from fidle_vae.checks.engine.mistake import Mistake, recognise
from fidle_vae.checks.engine.other_libraries import word_of_another_library
from fidle_vae.checks.engine.result import Result

# Folders whose lines are not the student's: this package and Python's own library.
NOT_THE_STUDENTS = Path(__file__).parents[2], Path(sysconfig.get_path("stdlib"))
# How NumPy describes a product of matrices that do not fit together.
MATMUL = r"matmul: Input operand 1 has a mismatch.*\(size (\d+) is different from (\d+)\)"
# How Keras begins where it wraps what a layer raises.
WRAPPED = ("Exception encountered when calling", "Could not automatically infer the output shape")


def failed(check: str, error: BaseException) -> Result:
    """Return the result of code that raised an error: what to mend, where that is known."""
    return recognise(check, _Raised(error), ERRORS)


def explain(result: Result, errors: str, mistake: str, hint: str, alone: bool = False) -> Result:
    """Add to the result of an error what it means in this exercise, if its message has `errors`.

    With `alone`, the hint stands in place of what the library says, behind the student's line.
    """
    ours = (result.mistake or "").startswith("error") and re.search(errors, result.message)
    if not ours:
        return result
    line = re.match(r"Line \d+(, `.*?`)?(?=,? raises |: )", result.message)
    place = f"{line[0]}: " if line else ""
    message = f"{place}{hint}" if alone else f"{result.message} {hint}"
    return result._replace(mistake=mistake, message=message)


class _Raised:
    """An error of a student's code."""

    def __init__(self, error):
        self.error, self.described = error, describe_error(error)
        self.line = line_of(error)
        self.place = f"{self.line.rstrip(',')}: " if self.line else ""

    def says(self, pattern):
        """Return what a pattern finds in the description, or None."""
        return re.search(pattern, self.described)


def describe_error(error: BaseException) -> str:
    """Describe an error of the student's code: the line that raised it, its kind, its message."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))  # Keras writes in bold
    plain = re.sub(r"\{\{.*?\}\} ?| \[Op:.*", "", plain)  # TensorFlow names its operations
    plain = re.sub(MATMUL, r"matmul: \2 columns on the left, \1 rows on the right", plain)
    words = [line.strip() for line in plain.splitlines() if line.strip()]
    while len(words) > 1 and words[0].startswith(WRAPPED):
        words = words[1:]
    what = f"{type(error).__name__}: {words[0] if words else ''}".rstrip(". :")
    line = line_of(error)
    return f"{line} raises {what}." if line else f"It cannot be run: {what}."


def line_of(error: BaseException) -> str:
    """Return the last line of the student's own code that an error went through, or ""."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame for frame in frames if _is_of_student(Path(frame.filename))]
    if not lines:
        return ""
    line = f", `{lines[-1].line}`," if lines[-1].line else ""  # the source may be out of reach
    return f"Line {lines[-1].lineno}{line}"


def _is_of_student(path):
    if path.name.startswith("<"):  # code without a file: a cell in IPython, or made by a package
        return path.name.startswith("<ipython-input")
    packaged = {"site-packages", "dist-packages"} & set(path.parts) or path.suffix == ".pyx"
    return not packaged and not any(path.is_relative_to(folder) for folder in NOT_THE_STUDENTS)


def _says(pattern: str) -> Callable:
    return lambda raised: raised.says(pattern)


# What takes the place of methods that change a list and return None.
IN_PLACE = {
    "reverse": "Take reversed(...), which leaves the list as it is.",
    "sort": "Take sorted(...), which leaves the list as it is.",
    "append": "Call it in a line of its own, and go on with the list.",
    "extend": "Call it in a line of its own, and go on with the list.",
}


def _changed_in_place(raised):
    """Find a method that returns None, in a line that needs a value."""
    found = raised.says("NoneType") and re.search(rf"\.({'|'.join(IN_PLACE)})\(", raised.line)
    return found and (found[0], found[1], IN_PLACE[found[1]])


def _method_of_tensor(raised):
    found = raised.says(r"(?:Tensor|Array\w*)'? object has no attribute '(\w+)'")
    return found and hasattr(ops, found[1]) and found[1]


def _layer_of_data(raised):
    """Whether a layer's settings are a tensor, for which Keras has many words."""
    made = re.search(r"layers\.[A-Z]\w+\((?!\))", raised.line)
    return made and raised.says("(?i)(identifier: |Received: .*=)<KerasTensor|symbolic KerasTensor")


def _reduced_without_keepdims(raised):
    """Whether shapes do not fit where a sum or maximum along an axis is subtracted or divides."""
    reduced = re.search(r"[-/] *[\w.]*(sum|mean|max|min|logsumexp)\([^()]*axis=", raised.line)
    return reduced and "keepdims" not in raised.line and raised.says("broadcast|ncompatible shapes")


# Each begins with the student's line; what the library says is kept where it has numbers in it.
ERRORS = [
    Mistake(
        "error_caret",
        "{found.place}in Python `^` is no power. Write `**`, as in z_mean**2.",
        lambda raised: "^" in raised.line and raised.says("attr 'T'|XOR|xor|operand type"),
    ),
    Mistake(
        "error_dots",
        "{found.place}the dots `...` still stand for a value here: write your code in their place.",
        lambda raised: (
            raised.says("(?i)ellipsis") and not re.search(r"""["'][^"']*\.\.\.""", raised.line)
        ),
    ),
    Mistake(
        "error_other_library",
        "{found.place}{seen}.",
        lambda raised: word_of_another_library(raised.described),
    ),
    Mistake(
        "error_method",
        "{found.place}a method or function stands here without its brackets: nothing is computed "
        "before it is called, as in x.mean().",
        _says("'(method|function|builtin_function_or_method)'|of type method"),
    ),
    Mistake(
        "error_units",
        "{found.place}Dense takes the number of its outputs alone, and a second number is read as "
        "its activation. How many go in, it sees by itself.",
        _says(r"Could not interpret activation function identifier: \d"),
    ),
    Mistake(
        "error_layer_of_data",
        "{found.place}a layer is made with its settings first, and then called on its input, as in "
        "layers.Flatten()(x).",
        _layer_of_data,
    ),
    Mistake(
        "error_layers_by_commas",
        "{found.place}keras.Sequential takes one list of layers, in square brackets.",
        _says("Expected `trainable` to be a boolean"),
    ),
    Mistake(
        "error_activation",
        "{found.place}there is no activation {seen[1]}: names are written small, such as relu.",
        _says(r"Could not interpret activation function identifier: ([A-Za-z]\w*)"),
    ),
    Mistake(
        "error_input_shape",
        "{found.place}a shape stands in brackets of its own, as in keras.Input((5,)) and "
        "layers.Reshape((2, 3)).",
        _says(r"Cannot convert '\d+' to a shape|Reshape.__init__\(\) takes"),
    ),
    Mistake(
        "error_calls_a_value",
        "{found.place}brackets behind a value call it, and a {seen[1]} cannot be called. Set an "
        "attribute by =, and multiply by *.",
        _says(
            r"'(?:[\w.]*\.)?(bool|int|float|tuple|list|ndarray|\w*Tensor)' object is not callable"
        ),
    ),
    Mistake(
        "error_not_connected",
        "{found.place}the output of this model does not come from its input. Call each layer or "
        "network on what the one before it gives, and the first one on the input.",
        _says("is not connected to `inputs`"),
    ),
    Mistake(
        "error_layer_not_called",
        "{found.place}a layer stands where the values are expected that it computes: call it on "
        "its input, as in layers.Dense(3)(x).",
        _says(r"Only input tensors may be.*<\w+ name=|Inputs to a layer should be tensors. Got"),
    ),
    Mistake(
        "error_concatenate",
        "{found.place}np.concatenate takes one list of arrays, without a star before it.",
        lambda raised: "concatenate(*" in raised.line,
    ),
    Mistake(
        "error_ragged",
        "{found.place}arrays of different lengths do not make one array. Put them in a row first, "
        "by np.concatenate.",
        _says("inhomogeneous|all (the )?input arrays? (must have|dimensions)"),
    ),
    Mistake(
        "error_none_in_place",
        "{found.place}.{seen[1]}() changes the list itself and returns None. {seen[2]}",
        _changed_in_place,
    ),
    Mistake(
        "error_list_method",
        "{found.place}a list has no method {seen[1]}. Use a function of NumPy, as in "
        "np.{seen[1]}(...), which takes lists and arrays.",
        _says(r"'list' object has no attribute '(\w+)'"),
    ),
    Mistake(
        "error_list_and_number",
        "{found.place}a list and a number cannot be added. Is a bracket in the wrong place?",
        _says("can only concatenate list"),
    ),
    Mistake(
        "error_tensor_method",
        "{found.place}a tensor has no method {seen}. Write ops.{seen}(...).",
        _method_of_tensor,
    ),
    Mistake(
        "error_one_number",
        "{found.place}float() and the functions of math take one number, and this is an array. "
        "Use ops.exp and its like, and no float().",
        _says("only 0-dimensional|only length-1|scalar arrays|one element tensors"),
    ),
    Mistake(
        "error_axis",
        "{found.place}there is no such axis. Axes are counted from 0, so a table of images and "
        "dimensions has the axes 0 and 1.",
        _says(
            "out of bounds for array of dim|reduction dimension|Dimension out of range|"
            "tuple index out of range"
        ),
    ),
    Mistake(
        "error_keepdims",
        "{found.described} What is reduced along an axis has lost that axis: keepdims=True keeps "
        "it, with the length 1.",
        _reduced_without_keepdims,
    ),
    Mistake(
        "error_shapes",
        "{found.described} The two shapes do not fit together: print the .shape of each.",
        _says(
            "(?i)incompatible shapes|broadcast|must match the size|rows on the right|not aligned"
            "|size-incompatible|dot_general requires|cannot be multiplied"
        ),
    ),
    Mistake(
        "error_layer_shape",
        "{found.described} A layer or model gets a tensor of another shape than it is made for: "
        "follow the shapes from the input on.",
        _says("is incompatible with the layer"),
    ),
    Mistake(
        "error_reshape",
        "{found.described} Reshape keeps the number of values: the layer before it must give as "
        "many as the new form has.",
        _says("total size of the tensor must be unchanged"),
    ),
    Mistake(
        "error_model_of_layers",
        "{found.place}keras.Model takes tensors, not layers or models: what keras.Input returned, "
        "and what the last layer returned when it was called.",
        _says("must be KerasTensors"),
    ),
    Mistake(
        "error_unpack",
        "{found.described} There are more or fewer names on the left than values on the right.",
        _says("values to unpack"),
    ),
    Mistake(
        "error_parameters",
        "{found.described} The check calls it as the exercise has it: keep its parameters.",
        lambda raised: not raised.line and raised.says("argument"),
    ),
    Mistake("error", "{found.described}", lambda raised: True),
]
