"""Which metrics of a training are drawn, under which names and in which style."""

from collections.abc import Iterable
from typing import NamedTuple

from fidle_vae.figures.style import COLORS

HELD_OUT = "val_"  # begins the name of a metric on held-out images, as Keras has it
CURVE_STYLES = {
    "": {"label": "training", "color": COLORS[0], "linestyle": "-", "marker": "o"},
    HELD_OUT: {"label": "held-out", "color": COLORS[2], "linestyle": "--", "marker": "s"},
}


class Metric(NamedTuple):
    """How a metric is named in a figure."""

    title: str
    unit: str = ""


KNOWN = {  # in the order in which they are drawn
    "r_loss": Metric("Reconstruction", "nats per pixel"),
    "kl_loss": Metric("KL to the prior", "nats per image"),
    "elbo": Metric("ELBO", "nats per image"),
}


def metric(name: str) -> Metric:
    """Return how a metric is named: its own name, in words, unless it is known."""
    return KNOWN.get(name) or Metric(name.replace("_", " ").capitalize())


def drawn_metrics(names: Iterable[str]) -> list[str]:
    """Return which of the metrics of a history are drawn, each once, in their order.

    Known ones come first. The total `loss` is left out where its terms are there, and the learning
    rate always.
    """
    found = list(dict.fromkeys(name.removeprefix(HELD_OUT) for name in names))
    chosen = [name for name in KNOWN if name in found]
    left_out = {"learning_rate", *(["loss"] if "r_loss" in found else [])}
    return chosen + [name for name in found if name not in KNOWN and name not in left_out]
