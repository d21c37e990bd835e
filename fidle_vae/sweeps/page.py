"""The page of a sweep: all trials, what they measured and how their codes lie, in one file."""

import base64
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

import numpy as np
from jinja2 import ChoiceLoader, Environment, PackageLoader
from matplotlib.figure import Figure

from fidle_vae.common.files import atomic_path
from fidle_vae.common.npz import read_npz
from fidle_vae.common.wording import duration
from fidle_vae.figures.maps import compare_codes
from fidle_vae.figures.sweeps import Point, rate_distortion, swept_terms
from fidle_vae.sweeps.grid import text
from fidle_vae.sweeps.outcomes import CODES, Outcome

# at most so many settings in a figure, rows in a table, and failures in a list
DRAWN, ROWS, LISTED = 36, 1000, 20


def write_page(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Write the page on the outcomes of a sweep, and its figures beside it, in `figures/`."""
    shutil.rmtree(path.parent / "figures", ignore_errors=True)  # of fewer trials, perhaps
    loaders = [PackageLoader(f"fidle_vae.{room}", "") for room in ("sweeps", "runs")]
    environment = Environment(
        loader=ChoiceLoader(loaders), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"duration": duration, "value": text}
    finished = [each for each in outcomes if each.status == "finished"]
    names = [name for name in outcomes[0].trial.values if name != "seed"]
    settings = _settings(finished, names)
    drawn = {row["values"] for row in settings[:DRAWN]}
    chosen = [each for each in finished if _values(each, names) in drawn]
    best = f" The {DRAWN} best of {len(settings):,} settings." if len(settings) > DRAWN else ""
    page = environment.get_template("sweep.html.j2").render(
        title=path.parent.name,
        names=names,
        outcomes=outcomes[:ROWS],
        count=len(outcomes),
        finished=finished,
        failed=[each for each in outcomes if each.status == "failed"],
        pruned=[each for each in outcomes if each.status == "pruned"],
        settings=settings[:ROWS],
        setting_count=len(settings),
        rows=ROWS,
        listed=LISTED,
        fixed=_fixed(outcomes, names),
        figures=[
            _saved(path.parent / "figures" / f"{i:02}-{name}.png", figure, caption + best)
            for i, (name, figure, caption) in enumerate(_figures(path.parent, chosen, names), 1)
        ],
        written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )
    with atomic_path(path) as partial:
        partial.write_text(page, encoding="utf-8")


def _settings(finished, names):
    """Return for each combination of values, best first: values, seeds, means, extremes of ELBO."""
    groups = {}
    for each in finished:
        groups.setdefault(_values(each, names), []).append(each)
    rows = []
    for values, trials in groups.items():
        elbos = [each.elbo for each in trials]
        rows.append(
            {
                "values": values,
                "seeds": len(trials),
                "elbo": mean(elbos),
                "least": min(elbos),
                "most": max(elbos),
                "rate": mean(each.rate for each in trials),
                "distortion": mean(each.distortion for each in trials),
            }
        )
    return sorted(rows, key=lambda row: -row["elbo"])


def _values(outcome, names):
    return tuple(text(outcome.trial.values[name]) for name in names)


def _fixed(outcomes, names):
    """Return the parameters that all trials share."""
    swept = {*names, "seed"} | ({"loss_weights"} if "k2" in names else set())
    parameters = outcomes[0].trial.parameters
    return {name: text(value) for name, value in parameters.items() if name not in swept}


def _figures(root, finished, names):
    """Yield the name, the figure and the caption of each figure that the finished trials allow."""
    if not finished or not names:
        return
    x, others = names[0], names[1:]
    points = [
        Point(
            text(each.trial.values[x]),
            ", ".join(f"{name} = {text(each.trial.values[name])}" for name in others),
            each.elbo,
            each.rate,
            each.distortion,
        )
        for each in finished
    ]
    seeds = len({each.trial.values["seed"] for each in finished})
    over = f": means over up to {seeds} seeds, bars to the extremes" if seeds > 1 else ""
    yield "terms", swept_terms(points, x), f"The ELBO and its two terms on held-out images{over}."
    yield (
        "rate-distortion",
        rate_distortion(points, x),
        "Rate, what the code costs, and distortion, what it loses: a mark for each training.",
    )
    for codes, labels, classes, columns in _codes(root, finished, x, others):
        figure = compare_codes(codes, labels, classes, columns=columns)
        yield (
            f"codes-{len(codes)}",
            figure,
            "Codes of the same held-out images, the first seed of each setting.",
        )


def _codes(root, finished, x, others):
    """Yield codes by title, labels, class names, columns: for each dataset, on an axis or plane."""
    groups = {}
    ranks = {
        name: list(dict.fromkeys(each.trial.values[name] for each in finished)) for name in others
    }
    in_rows = sorted(
        finished, key=lambda each: [ranks[o].index(each.trial.values[o]) for o in others]
    )
    for each in in_rows:
        values = {name: text(each.trial.values[name]) for name in (x, *others)}
        title = "\n".join(f"{name} = {value}" for name, value in values.items())
        parameters = each.trial.parameters
        group = groups.setdefault((parameters["dataset"], parameters["latent_dim"] == 1), {})
        group.setdefault(title, each)
    for group in groups.values():
        arrays = {
            title: read_npz(root / each.trial.name / CODES, "run the sweep again")
            for title, each in group.items()
        }
        first = next(iter(arrays.values()))
        labels, classes = first.get("labels"), tuple(map(str, first.get("class_names", ())))
        columns = len({each.trial.values[x] for each in group.values()})
        if len(group) % columns:  # some settings are not there, and columns would not line up
            columns = 6
        codes = {title: each["z"] for title, each in arrays.items()}
        yield codes, labels, classes, min(columns, 6)


def _saved(path: Path, figure: Figure, caption: str) -> dict:
    """Save a figure; return it as the page shows it, as a data: URI, which needs no file."""
    with atomic_path(path) as partial:
        figure.savefig(partial)
    width, height = np.array(figure.get_size_inches() * figure.dpi, int)
    source = base64.b64encode(path.read_bytes()).decode()
    return {
        "source": f"data:image/png;base64,{source}",
        "caption": caption,
        "width": width,
        "height": height,
    }
