"""Generate notebooks/*.ipynb, without outputs, from their sources notebooks/src/*.py.

    python tools/build_notebooks.py

The sources are py:percent scripts (jupytext) and the only place to edit. A cell's id is made from
what it holds, so that a change of one cell leaves the ids of the others.
"""

import hashlib
from pathlib import Path

import jupytext
import nbformat

from fidle_vae.files import atomic_path

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def build(source: Path) -> nbformat.NotebookNode:
    """Make the notebook of a source."""
    notebook = jupytext.read(source)
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen = {}
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k == "tags"})
    nbformat.validate(notebook)
    return notebook


def main() -> None:
    """Write the notebook of every source."""
    for source in sorted((NOTEBOOKS / "src").glob("*.py")):
        target = NOTEBOOKS / f"{source.stem}.ipynb"
        with atomic_path(target) as partial:
            partial.write_text(nbformat.writes(build(source)) + "\n", encoding="utf-8")
        print(f"{source.name} -> {target.name}")


if __name__ == "__main__":
    main()
