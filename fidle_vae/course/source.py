"""Show the source code of the package in a lesson."""

import html
import inspect
import textwrap

from IPython.display import Code


def show_source(function, folded: bool = False) -> "Code | FoldedCode":
    """Return the source of a function or class, to be shown as the last value of a cell.

    Args:
        function: what to show, such as `VAE.call`.
        folded: whether to hide the code until it is clicked, as for the answer to an exercise.
    """
    code = Code(textwrap.dedent(inspect.getsource(function)), language="python")
    return FoldedCode(function.__qualname__, code) if folded else code


class FoldedCode:
    """Code that a notebook shows when its sentence is clicked; as text it is the sentence alone."""

    def __init__(self, name: str, code: Code):
        self.name, self.code = name, code

    def __repr__(self):
        return f"The code of `{self.name}`: open it when your check is right."

    def _repr_html_(self):
        name = html.escape(self.name)
        return (
            f"<details><summary>The code of <code>{name}</code>: open it when your check is right."
            f"</summary>{self.code._repr_html_()}</details>"
        )
