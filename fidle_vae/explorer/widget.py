"""The explorer in a notebook: a widget whose images are decoded in the browser."""

import json
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import anywidget
import keras
import numpy as np
import traitlets
from IPython import get_ipython
from matplotlib.figure import Figure

from fidle_vae.data.datasets import Dataset
from fidle_vae.explorer.bundle import FOLDER, script, style
from fidle_vae.explorer.content import explorer_content
from fidle_vae.explorer.export import page_text, write_page
from fidle_vae.explorer.still_picture import still_picture
from fidle_vae.models.parts import parts

ADAPTER = (FOLDER / "widget.js").read_text(encoding="utf-8")


def explore(
    model: keras.Model | Sequence[keras.Model] | Mapping[str, keras.Model],
    dataset: Dataset | None = None,
    *,
    codes: int = 2000,
    precision: str = "float16",
    title: str | None = None,
    trained_on: str | Mapping[str, str | None] | None = None,
    start: Sequence[float] | None = None,
) -> "Explorer":
    """Show the latent plane of a model: images are decoded as the pointer moves over it.

    Args:
        model: A `VAE`, a functional model with layers named "encoder" and "decoder", or a bare
            decoder; or two of them to show side by side, as a list or as a dict {name: model}.
        dataset: The dataset, from `load_dataset`, whose held-out images are shown as codes; None
            shows no codes.
        codes: Maximum number of codes.
        precision: Precision of the weights in the browser, "float16" or "float32".
        title: The heading; by default the names of the models and the dataset.
        trained_on: Name of the dataset that the models were trained on, or a dict of these by the
            model's name; where `dataset` is another one, the heading says so.
        start: A latent point, shape (latent_dim,), where the explorer opens. By default the centre
            of the prior; in more than two dimensions, the first code or, without codes, a point
            like the draws of the prior, and the plane goes through it.

    Returns:
        A widget, to be the last value of a cell.
    """
    models = _by_name(model)
    if dataset is not None and not isinstance(dataset, Dataset):
        raise ValueError(
            f"dataset must be a Dataset or None, got {type(dataset).__name__}: "
            "give what load_dataset returns"
        )
    content, data = explorer_content(
        models,
        dataset,
        codes=codes,
        precision=precision,
        title=title,
        trained_on=trained_on,
        start=start,
    )
    decoders = {name: parts(model).decoder for name, model in models.items()}
    return Explorer(content, data, still_picture(decoders, content, data))


class Explorer(anywidget.AnyWidget):
    """A latent plane in a cell's output; `explore` builds one.

    Where no widget can run (on GitHub, in HTML, under papermill), the cell shows a still picture.
    Its output's metadata, {"fidle_vae": {"explorer": "explorer.html"}}, name the page that `save`
    has written before, so that an HTML page of the notebook can show that page instead.

    Attributes:
        z: The latent point where the pointer rests, a list of d floats, for use in the next cell:
            `vae.decode([explorer.z])`. Set it to move the explorer there.
    """

    _esm = f"{script()}\nconst EXPLORER_STYLE = {json.dumps(style())};\n{ADAPTER}"
    content = traitlets.Dict().tag(sync=True)
    data = traitlets.Bytes().tag(sync=True)
    z = traitlets.Any().tag(sync=True)

    def __init__(self, content: dict, data: bytes, picture: Figure):
        self._picture = picture
        self._saved_as = None
        self._latent_dim = content["models"][0]["decoder"]["inputDim"]
        z = content.get("start", [0.0] * self._latent_dim)
        super().__init__(content=content, data=data, z=z)

    def open(self) -> None:
        """Announce the widget to the front-end, if a person can see it."""
        if _person_runs_cell():
            super().open()

    def page(self) -> str:
        """Return the explorer as the text of one HTML page, which needs no kernel and no network.

        It may be the `srcdoc` of an iframe, of 900 x 560 pixels or more.
        """
        return page_text(self.content, self.data)

    def save(self, path: str | os.PathLike) -> Path:
        """Write the page as one HTML file; return its path."""
        path = write_page(path, self.content, self.data)
        self._saved_as = path.name
        return path

    @traitlets.validate("z")
    def _require_z(self, proposal):
        z = np.asarray(proposal["value"], float)
        if z.shape != (self._latent_dim,) or not np.isfinite(z).all():
            raise ValueError(
                f"z must be a latent point of {self._latent_dim} finite numbers, "
                f"got {proposal['value']!r}"
            )
        return z.tolist()

    @cached_property
    def _png(self):
        return self._picture._repr_png_()

    def _repr_mimebundle_(self, **kwargs):
        """Return the widget, if there is one, and the picture and text that can replace it."""
        bundle, metadata = super()._repr_mimebundle_(**kwargs) if self.comm else ({}, {})
        if self._saved_as:
            metadata = metadata | {"fidle_vae": {"explorer": self._saved_as}}
        text = f"Explorer of {self.content['title']}: run this cell in JupyterLab to use it"
        return bundle | {"image/png": self._png, "text/plain": text}, metadata


def _by_name(model) -> dict[str, keras.Model]:
    """Return the models by name; models of the same name are numbered."""
    if isinstance(model, keras.Model):
        model = [model]
    if isinstance(model, Mapping):
        models = {str(name): value for name, value in model.items()}
    elif isinstance(model, list | tuple):
        names = [getattr(value, "name", None) for value in model]
        twice = len(set(names)) < len(names)
        models = {
            f"{name} {i}" if twice else name: value
            for i, (name, value) in enumerate(zip(names, model, strict=True), 1)
        }
    else:
        models = {"": model}
    for value in models.values():
        if not isinstance(value, keras.Model):
            raise ValueError(
                f"model must be a Keras model, or two of them in a list or a dict {{name: model}}, "
                f"got {type(value).__name__}"
            )
    return models


def _person_runs_cell() -> bool:
    """Whether a person runs this cell, rather than nbclient, papermill or nbmake.

    These programs have no use for a widget, and would store its megabytes in the notebook, where
    nbconvert would show the widget instead of the picture and load files from the network. They
    declare that nobody can answer an `input()`.
    """
    kernel = getattr(get_ipython(), "kernel", None)
    request = kernel.get_parent() if hasattr(kernel, "get_parent") else {}
    return request.get("content", {}).get("allow_stdin", True)
