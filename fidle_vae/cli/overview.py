"""Describe a dataset, with a picture, and the installation."""

import importlib
import os
import re
from pathlib import Path

import numpy as np

from fidle_vae.data.datasets import load_dataset
from fidle_vae.figures import plots
from fidle_vae.runs.environment import environment
from fidle_vae.runs.run import Run, runs_dir


def show_dataset(
    name: str = "auto",
    scale: float = 1.0,
    seed: int = 123,
    run_dir: str | os.PathLike | None = None,
) -> None:
    """Print a dataset's source, counts and digest, and save a picture of its first images."""
    data = load_dataset(name, scale, seed)
    run = Run(f"data-{_file_name(data.name)}", root=run_dir)
    run.start(parameters={"name": name, "scale": scale, "seed": seed}, dataset=data, seed=seed)
    print(f"name    {data.name}\nsource  {data.source}")
    for part, x, y in (("train", data.x_train, data.y_train), ("test", data.x_test, data.y_test)):
        print(
            f"{part:7} {len(x):,} images of {' x '.join(map(str, x.shape[1:]))}{_classes(data, y)}"
        )
    for line in data.left_out:
        print(f"without {line}")
    print(f"digest  {data.digest}")
    figure = plots.image_grid(data.x_train[:60], columns=12, title=f"{data.name}: first images")
    run.save_figure(figure, "01-samples", "The first training images.")
    print(f"picture {run.figures / '01-samples.png'}")


def _file_name(name):
    """Return the name of a dataset without a path, such as "pictures" for a folder of that name."""
    return re.sub(r"[^\w-]+", "-", Path(name).name).strip("-")


def _classes(data, labels):
    if labels is None:
        return ", no labels"
    counts = np.bincount(labels, minlength=len(data.class_names))
    return f", {len(counts)} classes of {counts.min():,} to {counts.max():,}"


def show_installation() -> None:
    """Print versions, backend, device and the folders in use."""
    importlib.import_module("keras")
    known = environment()
    for package, version in known.pop("versions").items():
        print(f"{package:15} {version}")
    for what, value in known.items():
        print(f"{what:15} {value}")
    print(f"{'runs in':15} {runs_dir()}")
