"""Show the source code of the package in a lesson."""

import inspect
import textwrap

from IPython.display import Code


def show_source(function) -> Code:
    """Return the source of a function or class, to be shown as the last value of a cell."""
    return Code(textwrap.dedent(inspect.getsource(function)), language="python")
