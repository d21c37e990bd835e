"""A run's folder: figures, images, models, logs, and the manifest that says how they were made."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fidle_vae.common.files import atomic_path, project_dir
from fidle_vae.common.json_numbers import finite
from fidle_vae.common.locks import Lock, held
from fidle_vae.common.validation import require_seed
from fidle_vae.runs.claims import Claim
from fidle_vae.runs.environment import environment
from fidle_vae.runs.state import digest_of, digests, earlier, lock_path, manifest_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from fidle_vae.data.datasets import Dataset


FOLDERS = ("figures", "images", "models", "logs", "film")
TOKEN = "FIDLE_VAE_RUN_TOKEN"  # lets a process write to a run that its parent has started
_OWNED: dict[Path, Lock] = {}  # the locks of the runs that this process writes


class PrunedError(Exception):
    """Raised in a run's block to end it early because it is hopeless, with the reason."""


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
            self.path / name for name in FOLDERS
        )
        self.token = ""  # of the run that this object has started
        self.goes_on = False  # whether its next training is one that was interrupted
        self._make_folders()
        if data is not None or parameters:
            self.start(parameters=parameters, dataset=data, seed=parameters.get("seed"))

    @property
    def manifest(self) -> dict:
        """The content of manifest.json; empty before `start`."""
        return manifest_of(self.path)

    def start(
        self, *, parameters: dict, dataset: Dataset | None = None, seed: int | None = None
    ) -> None:
        """Begin a new run: its manifest has the parameters, the data and the software.

        A finished run that is in the folder is kept whole beside it, see `earlier`, until this one
        is finished; an unfinished one is removed. Nothing is removed if an argument is wrong, or if
        another process is writing to this run.
        """
        _require_parameters({**parameters, "seed": seed})
        manifest = {
            "id": self.id,
            "started": _now(),
            "status": "running",
            "parameters": parameters,
            "seed": seed,
            "dataset": None if dataset is None else _summary(dataset),
            **environment(),
            "timings": {},
            "metrics": {},
            "figures": {},
            "claims": {},
        }
        self.token = self._own()
        self.goes_on = False
        aside = earlier(self.path)
        before = self._status_before()
        if before == "finished":
            shutil.rmtree(aside, ignore_errors=True)
            self.path.rename(aside)
        else:
            if before == "interrupted":
                print(f"Run {self.id} was interrupted before; it starts anew.")
            self._clear()
        self._make_folders()
        self._write_manifest(manifest | {"token": self.token})

    def resume(self) -> None:
        """Go on with a run that did not finish; all that it has is kept.

        The next `fit_run` goes on from its checkpoint, if there is one.
        """
        manifest = self.manifest
        if "parameters" not in manifest:
            raise ValueError(f"run {self.id} in {self.path.parent} was never started: start it.")
        if manifest.get("status") == "finished":
            raise ValueError(
                f"run {self.id} in {self.path.parent} is finished: there is nothing to resume."
            )
        self.token = self._own()
        for path in self.path.rglob(".*.partial*"):  # left by a process that was killed
            path.unlink()
        content = {**manifest, "status": "running", "token": self.token}
        content["resumed"] = [*manifest.get("resumed", []), _now()]
        content.pop("error", None)
        self._write_manifest(content)
        self.goes_on = True

    def finish(self, status: str = "finished", error: str = "") -> None:
        """Record, last of all, that this run has ended, with a digest of each of its files.

        Args:
            status: "finished"; or "failed", "pruned" or "interrupted", for a run that ended early.
            error: why it ended early.
        """
        with self._edited() as content:
            content |= {"status": status, "ended": _now(), "files": digests(self.path)}
            content.pop("error", None)
            if error:
                content["error"] = error
        if status == "finished":
            shutil.rmtree(earlier(self.path), ignore_errors=True)
        if lock := _OWNED.get(self.path.absolute()):
            lock.release()

    @contextlib.contextmanager
    def to_the_end(self) -> Iterator[None]:
        """Finish this run with a block: as finished, or as failed, pruned or interrupted."""
        try:
            yield
        except BaseException as error:
            if isinstance(error, OSError):  # because the folder is not there any more?
                self.require_here()
            status = "failed" if isinstance(error, Exception) else "interrupted"
            status = "pruned" if isinstance(error, PrunedError) else status
            with contextlib.suppress(OSError):  # the error of the block matters more
                self.finish(status, str(error) or type(error).__name__)
            raise
        self.finish()

    def record(self, **sections: dict) -> None:
        """Add to the manifest: `run.record(metrics={"elbo": -146.0})` keeps the other metrics.

        Several processes may record in one run: no entry is lost.
        """
        with self._edited() as content:
            for name, entries in sections.items():
                content[name] = {**(content.get(name) or {}), **entries}

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
        self.require_here()
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
        self.require_here()
        path = self.logs / f"{name}.json"
        _write_json(path, content)
        return path

    def require_here(self) -> None:
        """Raise an OSError if the folder was removed, or holds another run by now."""
        if self.token and self.manifest.get("token") != self.token:
            raise OSError(
                f"run directory {self.path} was removed, or another run was begun in it, while run "
                f"{self.id} was writing to it: run it again, and leave the folder alone meanwhile."
            )

    def _status_before(self):
        """Return how the run in the folder has ended, now that no other process writes to it."""
        try:
            manifest = self.manifest
        except ValueError:  # it is damaged
            return None
        status = manifest.get("status")
        ours = manifest.get("token") == self.token  # as of a lesson, started by the parent
        return "interrupted" if status == "running" and not ours else status

    def _own(self):
        """Make this process the one that writes to the run, and return the run's token."""
        lock = _OWNED.setdefault(self.path.absolute(), Lock(lock_path(self.path)))
        token = uuid.uuid4().hex
        if lock.acquire(token):
            return token
        owner = lock.owner() or {}
        if owner.get("token") and owner["token"] == os.environ.get(TOKEN):  # our parent process
            return owner["token"]
        process, host, since = (owner.get(name, "?") for name in ("process", "host", "since"))
        raise OSError(
            f"run {self.id} in {self.path.parent} is being written by process {process} on {host}, "
            f"since {since}: wait for it, end it (a notebook: shut down its kernel), or choose "
            "another folder with FIDLE_VAE_RUN_DIR or, on the command line, --run-dir."
        )

    @contextlib.contextmanager
    def _edited(self):
        """Yield the manifest's content, and write it back, as one process at a time may."""
        try:
            with held(self.path / ".edited"):
                self.require_here()
                content = self.manifest
                yield content
                self._write_manifest(content)
        except FileNotFoundError:
            self.require_here()
            raise

    def _write_manifest(self, content):
        _write_json(self.path / "manifest.json", content | {"digest": digest_of(content)})

    def _clear(self):
        """Remove what an unfinished run has left; the manifest first, so that none is half true."""
        mine = (
            "manifest.json",
            f"{self.id}.*",
            "film.*",
            "explorer.html",
            "checkpoint.npz",
            ".*.partial*",
        )
        for path in (path for pattern in mine for path in self.path.glob(pattern)):
            path.unlink()
        for name in FOLDERS:
            shutil.rmtree(self.path / name)

    def _make_folders(self):
        try:
            for name in FOLDERS:
                (self.path / name).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as error:
            raise OSError(
                f"run directory {self.path} cannot be written ({error.strerror}): "
                "name another with FIDLE_VAE_RUN_DIR or, on the command line, --run-dir."
            ) from error


def open_run(id: str, run_dir: str | os.PathLike | None = None) -> Run:
    """Return a run that has been started; raise ValueError if there is none of that name."""
    root = Path(run_dir or runs_dir()).expanduser()
    known = sorted(path.parent.name for path in root.glob("[!.]*/manifest.json"))
    if id not in known:
        raise ValueError(
            f"run must be one of {', '.join(known) or 'none'} in {root}; got {id!r}: give one of "
            "these, or another folder with --run-dir."
        )
    return Run(id, root=root)


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


def _now():
    return datetime.now(UTC).isoformat(timespec="seconds")


def _write_json(path, content):
    with atomic_path(path) as partial:
        text = json.dumps(finite(content), indent=2, allow_nan=False)
        partial.write_text(text + "\n", encoding="utf-8")
