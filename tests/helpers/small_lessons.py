"""Small notebooks in the form of lessons, which need no Keras."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PARAMETERS = """
dataset = "auto"  # or mnist
latent_dim = 2
loss_weights = (1.0, 1e-3)  # k1, k2
scale = 0.1
seed = 123
"""


def make_notebook(*cells):
    """Return a notebook of these cells: texts that start with "#" are Markdown, others code."""
    return new_notebook(
        cells=[
            new_markdown_cell(text) if text.startswith("#") else new_code_cell(text)
            for text in cells
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}
        },
    )


def write_lesson(project, id, *cells, parameters=PARAMETERS, **metadata):
    """Write notebooks/<id>.ipynb with a title, a cell of parameters, and these cells."""
    notebook = make_notebook(f"# {id}: a small lesson", *cells)
    cell = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    notebook.cells.insert(1, cell)
    notebook.metadata.update(metadata)
    path = project / "notebooks" / f"{id}.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, path)
    return path
