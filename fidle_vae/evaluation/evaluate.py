"""Measure saved models on held-out images, and print the results: `fidle-vae evaluate`."""

import contextlib
import json
import os
import sys
import textwrap

from fidle_vae.common.validation import require_count
from fidle_vae.data.datasets import require_dataset
from fidle_vae.evaluation.classifier import load_classifier
from fidle_vae.evaluation.estimate import Estimate
from fidle_vae.evaluation.measures import MEASURES, Evaluation, fitting_parts, measure
from fidle_vae.runs.environment import environment
from fidle_vae.runs.saved_models import find_file, load_dataset_of, load_model, name_of


def evaluate(
    models=(),
    *,
    dataset: str = "auto",
    samples: int = 500,
    seed: int = 0,
    binarized: bool = False,
    as_json: bool = False,
    run_dir: str | os.PathLike | None = None,
) -> None:
    """Measure saved models, and print a table or JSON.

    Args:
        models: runs, .keras files, "pretrained" or "pretrained_digits"; empty takes the newest
            run. For several, such as one model trained with different seeds, their mean and its
            standard error are added.
        dataset: name of the dataset to measure on; "auto" takes that of the model's run.
        samples: number of draws of z for each image.
        seed: seed of all draws.
        binarized: whether to draw the images black and white.
        as_json: whether to print JSON, and nothing else.
        run_dir: the folder of all runs; None takes `runs_dir()`.
    """
    require_dataset(dataset, seed=seed)
    require_count("samples", samples, 500)
    paths = [find_file(model, run_dir=run_dir) for model in models or ["newest"]]
    found = {}
    with contextlib.redirect_stdout(sys.stderr) if as_json else contextlib.nullcontext():
        for name, (model, data) in _load(paths, dataset).items():
            found[name] = (
                data.name,
                measure(
                    model,
                    data,
                    samples=samples,
                    seed=seed,
                    binarized=binarized,
                    classifier=None if data.y_test is None else load_classifier(data.name, run_dir),
                    progress=True,
                ),
            )
    if as_json:
        print(json.dumps(_described(found, seed), indent=2))
    else:
        print(_told(found))


def mean_over_runs(evaluations: list[Evaluation]) -> dict[str, Estimate]:
    """Return the mean of each measure over runs, with its standard error."""
    names = set.intersection(*(set(evaluation.measures) for evaluation in evaluations))
    return {
        name: Estimate.of_mean([evaluation.measures[name].value for evaluation in evaluations])
        for name in MEASURES
        if name in names
    }


def _load(paths, dataset):
    """Load models and their images; raise ValueError if any do not fit, before measuring."""
    loaded, datasets = {}, {}
    for path in paths:
        model, data = load_model(path), load_dataset_of(path, dataset)
        fitting_parts(model, data)
        # runs on the same images share one copy, to save memory
        loaded[_new_name(path, loaded)] = model, datasets.setdefault(data.digest, data)
    return loaded


def _told(found):
    tables = [_described_in_words(name, *measured) for name, measured in found.items()]
    if len(found) > 1:
        mean = mean_over_runs([evaluation for _, evaluation in found.values()])
        tables.append(
            f"Mean of {len(found)} runs, with its standard error over runs\n\n{_table(mean)}"
        )
    return "\n\n".join(tables)


def _described_in_words(name, data, evaluation):
    head = f"{name}: {evaluation.images:,} held-out images of {data}, {evaluation.pixels}"
    table = _table(evaluation.measures)
    if not evaluation.kl_per_dimension:
        return f"{head}; no ELBO, as the model has no Gaussian encoder\n\n{table}"
    dimensions = _listed(evaluation.kl_per_dimension)
    return f"{head}, {evaluation.samples} samples of z for each\n\n{table}\n\n{dimensions}"


def _table(measures):
    rows = []
    for name, (value, error) in measures.items():
        unit, text = MEASURES[name]
        digits = 0 if isinstance(value, int) else 2 if unit in ("nats", "classes") else 4
        spread = "" if error is None else f"± {error:.{digits}f}"
        rows.append(f"  {name:18} {value:>8.{digits}f} {spread:<9}{unit:8}{text}")
    return "\n".join(rows)


def _listed(kl_per_dimension):
    values = "  ".join(f"{kl:.2f}" for kl in sorted(kl_per_dimension, reverse=True))
    return textwrap.fill(f"KL of each dimension, nats: {values}", 80, subsequent_indent="  ")


def _described(found, seed):
    described = {
        "models": {
            name: {
                "dataset": data,
                "images": evaluation.images,
                "pixels": evaluation.pixels,
                "samples": evaluation.samples,
                "seed": seed,
                "measures": _as_dicts(evaluation.measures),
                "kl_per_dimension": evaluation.kl_per_dimension,
            }
            for name, (data, evaluation) in found.items()
        },
        "units": {name: unit for name, (unit, _) in MEASURES.items()},
        **environment(),
    }
    if len(found) > 1:
        mean = mean_over_runs([evaluation for _, evaluation in found.values()])
        described["mean_over_runs"] = _as_dicts(mean)
    return described


def _as_dicts(measures):
    return {
        name: {"value": value, "standard_error": error} for name, (value, error) in measures.items()
    }


def _new_name(path, names):
    """Return a name for a model: its path if another model has its name."""
    name = name_of(path)
    return name if name not in names else str(path)
