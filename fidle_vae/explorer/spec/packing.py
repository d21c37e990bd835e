"""Pack arrays into one byte string for JavaScript: see arrays.js."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

DTYPES = ("float16", "float32", "uint8", "int32")
ALIGNMENT = 4  # bytes: a JavaScript typed array must start at a multiple of its item size


class Packer:
    """Collects arrays in one byte string.

    `add` returns the JSON reference of an array, {"dtype", "shape", "offset" in bytes}; `data`
    holds all arrays, one after the other.
    """

    def __init__(self):
        self._parts = []
        self._size = 0

    def add(self, array: np.ndarray | Sequence, dtype: str) -> dict:
        """Append an array, converted to `dtype`, and return its reference.

        Args:
            array: Numbers, of any shape; they must be integers if `dtype` is an integer type.
            dtype: "float16", "float32", "uint8" or "int32".
        """
        if dtype not in DTYPES:
            raise ValueError(f"dtype must be one of {', '.join(DTYPES)}; got {dtype!r}")
        array = np.asarray(array)
        _require_fits(array, dtype)
        # little-endian on any machine, as all machines that run browsers are
        part = array.astype(np.dtype(dtype).newbyteorder("<")).tobytes()
        reference = {"dtype": dtype, "shape": list(array.shape), "offset": self._size}
        part += bytes(-len(part) % ALIGNMENT)
        self._parts.append(part)
        self._size += len(part)
        return reference

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Forget the arrays that were added in this context if it ends with an error."""
        count, size = len(self._parts), self._size
        try:
            yield
        except BaseException:
            del self._parts[count:]
            self._size = size
            raise

    @property
    def data(self) -> bytes:
        """The bytes of all arrays added so far."""
        return b"".join(self._parts)


def _require_fits(array, dtype):
    """Raise an error if a number would silently change."""
    if not array.size:
        return
    if np.issubdtype(dtype, np.integer):
        limits = np.iinfo(dtype)
        whole = np.issubdtype(array.dtype, np.integer) or np.array_equal(array, np.rint(array))
        if not whole or array.min() < limits.min or array.max() > limits.max:
            raise ValueError(
                f"array must hold integers from {limits.min} to {limits.max} to be packed as "
                f"{dtype}; it holds values from {array.min()} to {array.max()}: take 'float32'"
            )
        return
    largest = np.max(np.abs(array), where=np.isfinite(array), initial=0)
    if largest > np.finfo(dtype).max:
        wider = "take 'float32'" if dtype == "float16" else "scale the values down"
        raise ValueError(
            f"array holds {largest:.6g}, beyond {np.finfo(dtype).max:.6g}, the largest number of "
            f"{dtype}: {wider}"
        )
