"""A small lesson with exercises, and submissions of it: right, wrong and malicious ones."""

import nbformat

from tests.helpers.small_lessons import make_notebook, write_lesson

CHECKS = ("check.kl(my_kl)", 'check.reconstruction(my_nll)\ncheck.answer("VAE1-1", q1)')
KL = """
import numpy as np
def my_kl(z_mean, z_log_var):
    m, v = np.asarray(z_mean), np.asarray(z_log_var)
    return (m**2 + np.exp(v) - 1 - v).sum(axis=1) / 2
"""
DOUBLED_KL = KL.replace(" / 2", "")
NLL = """
import numpy as np
def my_nll(x, x_hat):
    x, x_hat = np.asarray(x), np.clip(np.asarray(x_hat), 1e-7, 1 - 1e-7)
    return -(x * np.log(x_hat) + (1 - x) * np.log(1 - x_hat)).sum(axis=(1, 2, 3))
"""
EXERCISES = ["kl", "reconstruction", "answer VAE1-1"]


def write_project(project, id="VAE1", checks=CHECKS):
    """Write a lesson with these cells of checks; return its path."""
    path = write_lesson(project, id, "from fidle_vae import checks as check", *checks)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.source in checks:
            cell.metadata["tags"] = ["check"]
    nbformat.write(notebook, path)
    return path


def submit(folder, name, *cells, **metadata):
    """Write a submission of these cells; a first one that sets `scale` is tagged `parameters`."""
    notebook = make_notebook(*cells)
    if cells and cells[0].startswith("scale ="):
        notebook.cells[0].metadata["tags"] = ["parameters"]
    notebook.metadata.update(metadata)
    path = folder / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path
