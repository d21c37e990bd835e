"""Write the Markdown of docs/paper_table.md from the finished rows."""

import statistics

from benchmarks.paper.row import LABELS
from benchmarks.paper.setups import KNN_PUBLISHED, SETUPS

INTRODUCTION = """\
# Numbers beside published ones

The VAE with a normal prior of Davidson et al. (2018), *Hyperspherical Variational Auto-Encoders*,
trained on MNIST with this package. Values are in nats, means over the 10,000 test images; after ±
follows the standard error over seeds. LL is the log-likelihood by importance sampling with
{samples} samples, RE the reconstruction term, and ELBO = RE - KL. The published values are means
of 10 runs; they and the set-up come from notes and were not checked against the paper again.

The set-up is that of the paper: layers of 784-256-128-d units and their mirror, ReLU; new black and
white images drawn at each epoch; Adam with a rate of 1e-3, batches of 64; the weight of the KL
grows over 100 epochs; training stops when the ELBO of held-out images has not improved for 50
epochs. The following is our choice: the held-out images are the last 10,000 of the training images;
the 50 epochs count from the end of the KL's growth; the model of the best epoch is kept; training
ends after at most {epochs} epochs; sigma starts at 0.22 (`fidle_vae.models.networks.NARROW`); the
test images are drawn black and white once, the same for all rows.
"""

INTEGRATED = """\
## How accurate importance sampling is

With two latent dimensions, p(x) can be integrated on a grid of the latent plane, without an encoder
(`fidle_vae.evaluation.integration`). Importance sampling draws its z from the encoder: if the
encoder's sigma is too small for an unseen image, no z explains the image, and LL is too low. So LL
at d = 2 depends on the encoder as much as on the model. This may be why our LL and the published LL
differ more than the ELBOs do.
"""

NEIGHBOURS = """\
## Nearest neighbours

Accuracy, in percent, of 5 nearest neighbours among the codes of 100, 600 and 1,000 labelled
training images: the mean over 20 random choices of these images. We do not know how many neighbours
the paper used.
"""


def document(results: list[dict]) -> str:
    """Return the document with all results of these rows."""
    setups = {}
    for result in results:
        setups.setdefault(result["parameters"]["setup"], []).append(result)
    davidson = {setup: rows for setup, rows in setups.items() if setup.startswith("d")}
    epochs = sorted({row["parameters"]["epochs"] for rows in davidson.values() for row in rows})
    parts = [
        INTRODUCTION.format(samples=SETUPS["d2"].samples, epochs=" or ".join(map(str, epochs))),
        _likelihoods(davidson),
        *([INTEGRATED, _integrated(setups["d2"])] if "d2" in setups else []),
        NEIGHBOURS,
        _neighbours(davidson),
    ]
    if "burda" in setups:
        parts += [
            "## Burda et al. (2015), one stochastic layer\n\nThe VAE of *Importance Weighted "
            f"Autoencoders*, 784-200-200-50, tanh, {SETUPS['burda'].samples:,} samples for LL.\n",
            _likelihoods({"burda": setups["burda"]}),
        ]
    return "\n".join(
        [
            *parts,
            "## Each run\n\nactive: number of active units; best: the epoch whose model is "
            "kept; minutes: time of training and measuring.\n",
            _runs(results),
            _colophon(results),
        ]
    )


def _likelihoods(setups):
    measures = ("ll", "elbo", "re", "kl")
    head = " | ".join(f"{name.upper()} | published" for name in measures)
    lines = [f"| d | {head} | seeds |", f"|---{'|---:' * 9}|"]
    for setup, rows in setups.items():
        published = SETUPS[setup].published
        cells = [f"{_mean(rows, name)} | {_given(published.get(name))}" for name in measures]
        d = "50" if setup == "burda" else setup[1:]
        lines.append(f"| {d} | {' | '.join(cells)} | {len(rows)} |")
    return "\n".join(lines) + "\n"


def _integrated(rows):
    values = " | ".join(_mean(rows, name) for name in ("elbo", "ll", "ll_integrated"))
    return f"| d | ELBO | LL | LL, integrated |\n|---|---:|---:|---:|\n| 2 | {values} |\n"


def _neighbours(setups):
    head = " | ".join(f"{count:,} labels | published" for count in LABELS)
    lines = [f"| d | {head} |", f"|---{'|---:' * 6}|"]
    for setup, rows in setups.items():
        published = KNN_PUBLISHED.get(setup, [""] * len(LABELS))
        cells = [
            f"{_mean(rows, f'knn_{count}', 100, 1)} | {known}"
            for count, known in zip(LABELS, published, strict=True)
        ]
        lines.append(f"| {setup[1:]} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _runs(results):
    lines = [
        "| row | seed | LL | ELBO | RE | KL | active | epochs | best | minutes | date |",
        f"|---{'|---:' * 9}|---|",
    ]
    for result in results:
        asked, found = result["parameters"], result["metrics"]
        values = " | ".join(f"{found[name]:.2f}" for name in ("ll", "elbo", "re", "kl"))
        lines.append(
            f"| {asked['setup']} | {asked['seed']} | {values} | {found['active_units']} | "
            f"{found['epochs']} | {found['best_epoch']} | "
            f"{sum(result['timings'].values()) / 60:.0f} | {result['date']} |"
        )
    return "\n".join(lines) + "\n"


def _colophon(results):
    kinds = {
        f"{result['processor']}, {result['machine']}, {result['backend']}, "
        + ", ".join(f"{name} {version}" for name, version in result["versions"].items())
        for result in results
    }
    return (
        "Written by `python -m benchmarks.paper.table`. Each run had one core of a busy "
        "machine:\n\n" + "\n".join(f"- {kind}" for kind in sorted(kinds)) + "\n"
    )


def _given(value):
    return "" if value is None else f"{value:.2f}"


def _mean(rows, name, factor=1, digits=2):
    values = [factor * row["metrics"][name] for row in rows]
    mean = f"{statistics.fmean(values):.{digits}f}"
    if len(values) < 2:
        return mean
    return f"{mean} ± {statistics.stdev(values) / len(values) ** 0.5:.{digits}f}"
