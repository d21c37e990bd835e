"""Writes values as JSON, and reads them back: plain data, arrays and tensors, nothing that runs."""

import base64
from collections.abc import Callable

import numpy as np
from keras import ops

PLAIN = bool, int, float, str
KINDS = "biufc"  # of arrays: truth values, numbers


def write(value: object, other: Callable) -> object:
    """Return a value as what JSON can hold; what is no plain data as `other(value)` has it."""
    if value is None or type(value) in PLAIN:
        return value
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in KINDS:
        return {"scalar" if isinstance(value, np.generic) else "array": _write_array(value)}
    if ops.is_tensor(value):
        array = ops.convert_to_numpy(ops.stop_gradient(value))
        return {"tensor": _write_array(array if array.dtype.kind in KINDS else np.float32(array))}
    if type(value) in (list, tuple):
        return {type(value).__name__: [write(each, other) for each in value]}
    if type(value) is dict:
        return {"dict": [[write(each, other) for each in pair] for pair in value.items()]}
    return other(value)


def read(words: object, other: Callable) -> object:
    """Return the value that `write` wrote; what is no plain data as `other(kind, words)` has it.

    Words that `write` cannot have written raise a ValueError, and nothing in them is executed.
    """
    if words is None or type(words) in PLAIN:
        return words
    if not isinstance(words, dict) or len(words) != 1:
        raise ValueError("the value is of no kind that can be read")
    ((kind, content),) = words.items()
    if kind in ("array", "scalar", "tensor"):
        array = _read_array(content)
        if kind == "tensor":
            return ops.convert_to_tensor(array)
        return array[()] if kind == "scalar" else array
    if kind in ("list", "tuple"):
        return {"list": list, "tuple": tuple}[kind](read(each, other) for each in content)
    if kind == "dict":
        return {read(key, other): read(value, other) for key, value in content}
    return other(kind, content)


def _write_array(array):
    content = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return [array.dtype.str, list(array.shape), content]


def _read_array(words):
    kind, shape, content = words
    dtype = np.dtype(str(kind))
    if dtype.kind not in KINDS:
        raise ValueError(f"arrays of {dtype} are not read")
    array = np.frombuffer(base64.b64decode(content), dtype)
    return array.reshape([int(size) for size in shape]).copy()
