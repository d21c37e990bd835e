"""Which metrics of a training are drawn, with which titles and in which style."""

from collections.abc import Iterable
from typing import NamedTuple

from fidle_vae.figures.style import COLORS

HELD_OUT = "val_"  # prefix of metrics on held-out images, as in Keras
CURVE_STYLES = {
    "": {"label": "training", "color": COLORS[0], "linestyle": "-", "marker": "o"},
    HELD_OUT: {"label": "held-out", "color": COLORS[2], "linestyle": "--", "marker": "s"},
}


class Metric(NamedTuple):
    """The title and the unit of a metric in a figure."""

    title: str
    unit: str = ""


KNOWN = {  # in the order in which they are drawn
    "r_loss": Metric("Reconstruction", "nats per pixel"),
    "kl_loss": Metric("KL to the prior", "nats per image"),
    "elbo": Metric("ELBO", "nats per image"),
}


def metric(name: str) -> Metric:
    """Return the title and unit of a metric; the title of an unknown one is its name in words."""
    return KNOWN.get(name) or Metric(name.replace("_", " ").capitalize())


def drawn_metrics(names: Iterable[str]) -> list[str]:
    """Return the metrics of a history to draw, each once, in the order in which they are drawn.

    Known metrics come first. The learning rate is left out, and so is the total `loss` if its terms
    are there.
    """
    found = list(dict.fromkeys(name.removeprefix(HELD_OUT) for name in names))
    chosen = [name for name in KNOWN if name in found]
    left_out = {"learning_rate", *(["loss"] if "r_loss" in found else [])}
    return chosen + [name for name in found if name not in KNOWN and name not in left_out]
