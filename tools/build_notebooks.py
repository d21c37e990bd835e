"""Generate the notebooks, without outputs, from their sources notebooks/src/*.py.

    python tools/build_notebooks.py

The sources are py:percent scripts (jupytext), and the only place to edit. They contain the
solutions of the exercises, and so do the notebooks in notebooks/solutions/. In notebooks/, the
solution is cut out of each cell tagged `exercise`. Such a cell marks the solution, and the stub
that replaces it:

    # BEGIN SOLUTION
    beta = n_pixels * k2 / k1
    # INSTEAD
    # beta = ...  # your code here
    # END SOLUTION

Without INSTEAD, the stub is `...  # your code here`. A cell's id is computed from its content, so
that a change of one cell keeps the ids of the others. JupyterLab folds the code of a cell tagged
`claims`, so that what it shows reads like text.
"""

import hashlib
import re
import textwrap
from pathlib import Path

import jupytext
import nbformat

from fidle_vae.common.files import atomic_path

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KEPT = ("tags", "slideshow")  # of a cell's metadata
SOLUTION = re.compile(
    r"^(?P<indent> *)# BEGIN SOLUTION\n(?P<solution>.*?)"
    r"(?:^ *# INSTEAD\n(?P<stub>.*?))?^ *# END SOLUTION\n?",
    re.DOTALL | re.MULTILINE,
)
SOLVED = "*Here the exercises are solved, for `latent_dim = 2`. The lesson: [{0}](../{0}.ipynb).*"


def build(source: Path, solved: bool = False) -> nbformat.NotebookNode:
    """Return the notebook of a source, with its exercises as stubs or solved."""
    notebook = jupytext.read(source)
    notebook.metadata = nbformat.from_dict(METADATA | {"fidle_vae": {"lesson": source.stem}})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    if solved:
        notebook.cells.insert(1, nbformat.v4.new_markdown_cell(SOLVED.format(source.stem)))
    seen = {}
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k in KEPT})
        tags = cell.metadata.get("tags", ())
        if "claims" in tags:
            cell.metadata["jupyter"] = {"source_hidden": True}
        if "exercise" in tags:
            cell.source = solve(cell.source) if solved else cut(cell.source)
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        if re.search(r"# (BEGIN SOLUTION|INSTEAD|END SOLUTION)", cell.source):
            raise ValueError(f"{source.name}: a mark of a solution is left in\n{cell.source}")
    nbformat.validate(notebook)
    return notebook


def solve(exercise: str) -> str:
    """Return the source of an exercise solved, without marks and stubs."""
    return SOLUTION.sub(lambda match: match["solution"], exercise).rstrip()


def cut(exercise: str) -> str:
    """Return the source of an exercise with a stub in place of each solution."""
    if not SOLUTION.search(exercise):
        raise ValueError(f"this exercise marks no solution to cut out:\n{exercise}")
    return SOLUTION.sub(_stub, exercise).rstrip()


def _stub(match):
    lines = (match["stub"] or "# ...  # your code here\n").splitlines()
    code = "\n".join(line.strip().removeprefix("#").removeprefix(" ") for line in lines)
    return textwrap.indent(code, match["indent"]) + "\n"


def main() -> None:
    """Write both notebooks of every source."""
    for source in sorted((NOTEBOOKS / "src").glob("*.py")):
        for folder, solved in ((NOTEBOOKS, False), (NOTEBOOKS / "solutions", True)):
            target = folder / f"{source.stem}.ipynb"
            with atomic_path(target) as partial:
                partial.write_text(nbformat.writes(build(source, solved)) + "\n", encoding="utf-8")
            print(f"{source.name} -> {target.relative_to(NOTEBOOKS)}")


if __name__ == "__main__":
    main()
