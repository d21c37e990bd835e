"""A run's folder: figures, images, models, logs, and the manifest that says how they were made."""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fidle_vae.common.files import atomic_path, project_dir
from fidle_vae.common.validation import require_seed
from fidle_vae.runs.claims import Claim
from fidle_vae.runs.environment import environment

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from fidle_vae.data.datasets import Dataset


class Run:
    """A folder `run_dir/<id>/` with figures, images, models, logs, film and manifest.json in it.

    `Run("VAE1")` makes the folder, or opens it as it is. `Run("VAE1", data, epochs=10, seed=1)`
    begins a new run in it, as `start` does. Every file is written completely or not at all.

    Args:
        id: the folder's name, of letters, digits, "-", "_" and ".".
        data: the dataset that a new run works on.
        root: the folder of all runs; None takes `runs_dir()`.
        parameters: the parameters of a new run.
    """

    def __init__(
        self,
        id: str,
        data: Dataset | None = None,
        *,
        root: str | os.PathLike | None = None,
        **parameters,
    ):
        if not re.fullmatch(r"\w[\w.-]*", id):
            raise ValueError(f"id must be made of letters, digits, '-', '_' and '.'; got {id!r}.")
        if data is not None:
            _summary(data)
        _require_parameters(parameters)
        self.id = id
        self.path = (Path(root) if root else runs_dir()) / id
        self.figures, self.images, self.models, self.logs, self.film = (
            self.path / name for name in ("figures", "images", "models", "logs", "film")
        )
        try:
            for folder in (self.figures, self.images, self.models, self.logs, self.film):
                folder.mkdir(parents=True, exist_ok=True)
            with atomic_path(self.path / ".writable") as probe:
                probe.touch()
            (self.path / ".writable").unlink()
        except OSError as error:
            raise OSError(
                f"run directory {self.path} cannot be written ({error.strerror}): "
                "name another with FIDLE_VAE_RUN_DIR or, on the command line, --run-dir."
            ) from error
        if data is not None or parameters:
            self.start(parameters=parameters, dataset=data, seed=parameters.get("seed"))

    @property
    def manifest(self) -> dict:
        """The content of manifest.json; empty before `start`."""
        path = self.path / "manifest.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def start(
        self, *, parameters: dict, dataset: Dataset | None = None, seed: int | None = None
    ) -> None:
        """Begin a new run: its manifest has the parameters, the data and the software.

        The figures, images, logs, explorer and film of an earlier run are removed; its models stay
        until new ones replace them. Nothing is removed if an argument is wrong.
        """
        _require_parameters({**parameters, "seed": seed})
        manifest = {
            "id": self.id,
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "parameters": parameters,
            "seed": seed,
            "dataset": None if dataset is None else _summary(dataset),
            **environment(),
            "timings": {},
            "metrics": {},
            "figures": {},
            "claims": {},
        }
        for folder in (self.figures, self.images, self.logs, self.film):
            for path in folder.iterdir():
                path.unlink()
        for path in (*self.path.glob("film.*"), *self.path.glob("explorer.html")):
            path.unlink()
        for path in self.path.rglob(".*.partial*"):  # left by a process that was killed
            path.unlink()
        self._write_manifest(manifest)

    def record(self, **sections: dict) -> None:
        """Add to the manifest: `run.record(metrics={"elbo": -146.0})` keeps the other metrics."""
        manifest = self.manifest
        for name, entries in sections.items():
            manifest[name] = {**(manifest.get(name) or {}), **entries}
        self._write_manifest(manifest)

    @contextlib.contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Record the seconds that a block takes, in the manifest's timings."""
        start = time.perf_counter()
        yield
        self.record(timings={name: round(time.perf_counter() - start, 3)})

    def save_figure(self, figure: Figure, name: str, caption: str = "") -> Figure:
        """Save a matplotlib figure as figures/<name>.png, and its caption in the manifest.

        Return the figure.
        """
        with atomic_path(self.figures / f"{name}.png") as partial:
            figure.savefig(partial)
        self.record(figures={f"{name}.png": caption})
        return figure

    def show(self, figure: Figure | Path, name: str, caption: str) -> None:
        """Show a figure in a notebook, and keep it with its caption, as `save_figure` does.

        Args:
            figure: a matplotlib figure, or the path of a film that is in `figures` already.
            name: the file's name, without suffix, such as "01-images".
            caption: what the figure shows; also the alternative text of the picture.
        """
        from IPython.display import Image, display

        if isinstance(figure, Path):
            if figure.parent != self.figures or figure.stem != name:
                raise ValueError(
                    f"figure must be {self.figures / name} with a suffix, got {figure}: "
                    "write it there."
                )
            self.record(figures={figure.name: caption})
            figure = Image(figure)
        else:
            self.save_figure(figure, name, caption)
        display(figure, metadata={kind: {"alt": caption} for kind in ("image/png", "image/gif")})

    def claim(
        self,
        name: str,
        says: str,
        value: float,
        *,
        at_least: float | None = None,
        at_most: float | None = None,
        unit: str = "",
        otherwise: str = "",
    ) -> None:
        """Show a sentence with the number that holds it in this run, and keep it in the manifest.

        Where the number is out of its bounds, the notebook says so, and why that may be.

        Args:
            name: what the manifest calls it, such as "classes_survive".
            says: the sentence. It must be true whenever `value` is within the bounds.
            value: the number, measured in this run.
            at_least: the smallest value for which the sentence is true.
            at_most: the largest one.
            unit: of the value, such as "nats"; "%" shows a fraction of 1 as a percentage,
                and "% points" the difference of two fractions as so many points.
            otherwise: why it may not hold, for example with few images.
        """
        from IPython.display import display

        claim = Claim(
            name, says, value, at_least, at_most, unit, otherwise, self.manifest.get("parameters")
        )
        self.record(claims={name: claim.entry})
        display(claim)

    def save_log(self, name: str, content: dict) -> Path:
        """Save numbers, such as a history, as logs/<name>.json, and return its path."""
        path = self.logs / f"{name}.json"
        _write_json(path, content)
        return path

    def _write_manifest(self, manifest: dict) -> None:
        _write_json(self.path / "manifest.json", manifest)


def runs_dir() -> Path:
    """Return the folder of all runs: FIDLE_VAE_RUN_DIR, or `run_dir` in the project."""
    return Path(os.environ.get("FIDLE_VAE_RUN_DIR") or project_dir() / "run_dir").expanduser()


def _require_parameters(parameters):
    """Raise ValueError for a value that JSON cannot hold, or an invalid seed."""
    for name, value in parameters.items():
        try:
            json.dumps(value)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"{name} must be a number, a text or a list of these, got {value!r}: "
                "convert it, or leave it out of the parameters."
            ) from error
    if parameters.get("seed") is not None:
        require_seed(parameters["seed"])


def _summary(dataset):
    try:
        return {
            "name": dataset.name,
            "source": dataset.source,
            "digest": dataset.digest,
            "train": len(dataset.x_train),
            "test": len(dataset.x_test),
        }
    except AttributeError as error:
        raise ValueError(
            f"data must be a dataset, got {type(dataset).__name__}: pass one from `load_dataset`."
        ) from error


def _write_json(path, content):
    with atomic_path(path) as partial:
        partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
