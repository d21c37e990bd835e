"""The report: one page on all runs of a folder, which needs no other file and no network."""

import base64
import contextlib
import functools
import json
import math
import mimetypes
import os
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader
from PIL import Image

from fidle_vae.common.files import atomic_path
from fidle_vae.common.wording import duration, number
from fidle_vae.runs.claims import Claim
from fidle_vae.runs.run import runs_dir
from fidle_vae.runs.state import earlier, epoch_reached, status_of

LABELS = {  # of metrics to show first for a run that names none
    "elbo": "ELBO, nats per image",
    "r_loss": "reconstruction loss, nats per pixel",
    "kl_loss": "KL divergence, nats per image",
}


def write_report(run_dir: str | os.PathLike | None = None) -> Path:
    """Write `report/index.html` on all runs that have a manifest; return its path.

    Lessons come first, in their order. The manifest of a lesson lists its key metrics with their
    labels; other runs show the ELBO and its terms, or without these their first metrics.

    Args:
        run_dir: the folder of all runs; None takes `runs_dir()`.
    """
    root = Path(run_dir or runs_dir()).expanduser().resolve()
    runs = [
        _read_run(path.parent)
        for path in root.glob("*/manifest.json")
        if not path.parent.name.startswith(".")  # kept until a new run is finished
    ]
    if not runs:
        raise ValueError(f"no run is in {root} to report on: run `fidle-vae run` first.")
    runs.sort(key=lambda run: (run["order"], run["id"]))
    template = _template()
    for i, run in enumerate(runs):
        try:
            _render(template, [run])
        except Exception as error:  # whatever a manifest holds, the other runs are shown
            runs[i] = _damaged(root / run["id"], error)
    page = _render(template, runs)
    report = root / "report" / "index.html"
    with atomic_path(report) as partial:
        partial.write_text(page, encoding="utf-8")
    return report


@functools.cache
def _template():
    environment = Environment(
        loader=PackageLoader("fidle_vae.runs", ""),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "duration": duration}
    return environment.get_template("report.html.j2")


def _render(template, runs):
    return template.render(
        runs=runs,
        columns=_columns(runs),
        datasets=_datasets(runs),
        claims=[claim for run in runs for claim in run["claims"]],
        written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )


def _columns(runs):
    """Return the metrics that the table compares, with their labels.

    These are the key metrics that runs share, or all key metrics if no two runs share one.
    """
    labels, counts = {}, Counter()
    for run in runs:
        labels = run["key_metrics"] | labels
        counts.update(run["key_metrics"].keys())
    shared = {name: label for name, label in labels.items() if counts[name] > 1} or labels
    return {name: label.partition(",")[0] for name, label in shared.items()}


def _datasets(runs):
    """Return the sizes of each dataset that a run was made with, {name: texts}."""
    found = {}
    for run in runs:
        name, train, test = (run["dataset"].get(key) for key in ("name", "train", "test"))
        if name:
            parts = [train and f"{number(train)} images to train on"]
            parts += [test and f"{number(test)} held out"]
            found.setdefault(name, {})[" and ".join(filter(None, parts))] = None
    return {name: [size for size in sizes if size] for name, sizes in found.items()}


def _read_run(folder):
    """Return what the page shows of a run, or what is wrong with a damaged one."""
    try:
        return _unread(folder) | _read_manifest(folder)
    except Exception as error:  # a manifest may hold anything
        return _damaged(folder, error)


def _unread(folder):
    run = {"id": folder.name, "title": folder.name, "damage": ""}
    run |= {"order": math.inf, "key_metrics": {}, "dataset": {}, "claims": []}
    run["pages"] = {kind: _link(folder / f"{folder.name}.{kind}") for kind in ("html", "ipynb")}
    run["pages"]["explorer"] = _link(folder / "explorer.html")
    run["pages"]["film"] = _link(folder / "film.mp4") or _link(folder / "film.gif")
    return run


def _damaged(folder, error):
    reason = f"manifest.json cannot be read ({type(error).__name__}: {error})"
    return _unread(folder) | {"status": "damaged", "damage": reason}


def _read_manifest(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    lesson = manifest.get("lesson") or {}
    metrics = {
        name: math.nan if value is None else value
        for name, value in (manifest.get("metrics") or {}).items()
    }
    order = lesson.get("order")
    timings = {name: float(seconds) for name, seconds in (manifest.get("timings") or {}).items()}
    software = {
        "Started": manifest.get("started"),
        "Machine": manifest.get("machine"),
        "Device": manifest.get("device"),
        "Backend": manifest.get("backend"),
    } | (manifest.get("versions") or {})
    return {
        "title": str(lesson.get("title") or folder.name),
        "status": status_of(folder, manifest),
        "error": str(manifest.get("error") or ""),
        "epoch": epoch_reached(folder),
        "earlier": earlier(folder).name if earlier(folder).is_dir() else "",
        "lesson": dict(lesson),
        "seconds": float(lesson["seconds"] if "seconds" in lesson else sum(timings.values())),
        "parameters": dict(manifest.get("parameters") or {}),
        "dataset": dict(manifest.get("dataset") or {}),
        "order": math.inf if order is None else float(order),
        "claims": [Claim.of_entry(claim) for claim in (manifest.get("claims") or {}).values()],
        "metrics": metrics,
        "key_metrics": _key_metrics(metrics, lesson.get("key_metrics")),
        "timings": timings,
        "software": {name: value for name, value in software.items() if value},
        "figures": [
            _read_figure(folder / "figures", name, caption)
            for name, caption in sorted((manifest.get("figures") or {}).items())
        ],
    }


def _key_metrics(metrics, labels):
    """Return the metrics to show first, with their labels."""
    known = {name: str(label) for name, label in (labels or LABELS).items() if name in metrics}
    return known or {name: name for name in list(metrics)[:3]}


def _read_figure(folder, file, caption):
    """Return a figure as a data: URI, which needs no file, with its caption."""
    path = folder / file
    name = re.sub(r"^\d+[-_ ]*", "", path.stem).replace("-", " ").replace("_", " ").capitalize()
    figure = {"file": path.name, "caption": str(caption or name), "source": None}
    if path.parent != folder:  # a name that leads out of the folder
        return figure
    with contextlib.suppress(OSError):  # the page then says that it is missing
        with Image.open(path) as image:
            figure |= {"width": image.width, "height": image.height}
        kind = mimetypes.guess_type(path.name)[0]
        figure["source"] = f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
    return figure


def _link(path):
    return f"../{path.parent.name}/{path.name}" if path.is_file() else None
