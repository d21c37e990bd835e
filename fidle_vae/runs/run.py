"""A run's folder: figures, images, models, logs, and the manifest that says how they came."""

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
from fidle_vae.runs.environment import environment

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Run:
    """A folder `run_dir/<id>/` with figures, images, models, logs, film and manifest.json in it.

    `Run("VAE1")` makes the folder, or opens it as it is. `start` begins its manifest anew,
    `record` adds to it. Every file appears whole or not at all.

    Args:
        id: the folder's name, of letters, digits, "-", "_" and ".".
        root: the folder of all runs; None takes `runs_dir()`.
    """

    def __init__(self, id: str, *, root: str | os.PathLike | None = None):
        if not re.fullmatch(r"\w[\w.-]*", id):
            raise ValueError(f"id must be made of letters, digits, '-', '_' and '.'; got {id!r}.")
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

    @property
    def manifest(self) -> dict:
        """What is known of this run, as manifest.json has it; empty before `start`."""
        path = self.path / "manifest.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def start(self, *, parameters: dict, dataset=None, seed: int | None = None) -> None:
        """Begin the manifest anew: what this run was asked, on which data, with which software.

        An earlier run's figures, images, logs, explorer and film go, and the record that the film
        is made of; its models stay until new ones replace them.
        """
        for folder in (self.figures, self.images, self.logs, self.film):
            for path in folder.iterdir():
                path.unlink()
        for path in (*self.path.glob("film.*"), *self.path.glob("explorer.html")):
            path.unlink()
        for path in self.path.rglob(".*.partial*"):  # left by a process that was killed
            path.unlink()
        self._write_manifest(
            {
                "id": self.id,
                "started": datetime.now(UTC).isoformat(timespec="seconds"),
                "parameters": parameters,
                "seed": seed,
                "dataset": None if dataset is None else _summary(dataset),
                **environment(),
                "timings": {},
                "metrics": {},
                "figures": {},
            }
        )

    def record(self, **sections: dict) -> None:
        """Add to the manifest: `run.record(metrics={"elbo": -146.0})` keeps the other metrics."""
        manifest = self.manifest
        for name, entries in sections.items():
            manifest[name] = {**(manifest.get(name) or {}), **entries}
        self._write_manifest(manifest)

    @contextlib.contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Record the seconds that a block takes, among the manifest's timings."""
        start = time.perf_counter()
        yield
        self.record(timings={name: round(time.perf_counter() - start, 3)})

    def save_figure(self, figure: Figure, name: str, caption: str = "") -> Figure:
        """Save a matplotlib figure as figures/<name>.png, its caption in the manifest.

        Gives the figure back, so that a notebook cell that ends with this call shows it.
        """
        with atomic_path(self.figures / f"{name}.png") as partial:
            figure.savefig(partial)
        self.record(figures={f"{name}.png": caption})
        return figure

    def save_log(self, name: str, content: dict) -> Path:
        """Save numbers, such as a history, as logs/<name>.json, and give its path."""
        path = self.logs / f"{name}.json"
        _write_json(path, content)
        return path

    def _write_manifest(self, manifest: dict) -> None:
        _write_json(self.path / "manifest.json", manifest)


def runs_dir() -> Path:
    """Give the folder of all runs: FIDLE_VAE_RUN_DIR, or `run_dir` in the project."""
    return Path(os.environ.get("FIDLE_VAE_RUN_DIR") or project_dir() / "run_dir").expanduser()


def _summary(dataset):
    return {
        "name": dataset.name,
        "source": dataset.source,
        "digest": dataset.digest,
        "train": len(dataset.x_train),
        "test": len(dataset.x_test),
    }


def _write_json(path, content):
    with atomic_path(path) as partial:
        partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
