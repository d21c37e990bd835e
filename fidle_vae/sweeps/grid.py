"""What a sweep trains: each combination of the values, with each seed; checked before any work."""

import ast
import itertools
import re
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, NamedTuple

from fidle_vae.common.validation import require_choice, require_count, require_seed
from fidle_vae.data.datasets import load_dataset
from fidle_vae.training.parameters import require_held_out, require_parameters, with_defaults

# Written here as `train` has them, because importing Keras takes seconds; a test compares.
OPTIONS = {
    "dataset": "auto",
    "scale": None,
    "seed": 123,
    "kind": None,
    "latent_dim": 2,
    "loss_weights": None,
    "batch_size": 64,
    "epochs": 10,
    "schedule": "constant",
}
KINDS = ("strided", "conv", "conv_bn", "deep", "mlp")
SCHEDULES = ("constant", "one_cycle")
SWEPT = ("k2", *(name for name in OPTIONS if name != "seed"))
FLOATS = ("k2", "scale")


class Trial(NamedTuple):
    """One training of a sweep."""

    name: str
    """Of its run's folder, such as "k2-0.001_latent_dim-2_seed-1"."""
    values: dict[str, Any]
    """What distinguishes it from the other trials, and its seed."""
    parameters: dict[str, Any]
    """All that `train` needs, as the manifest of its run has it."""

    @property
    def title(self) -> str:
        """The values in words, such as "k2=0.001 latent_dim=2 seed=1"."""
        return " ".join(f"{name}={text(value)}" for name, value in self.values.items())


def make_trials(
    over: Mapping[str, Sequence[Any]], seeds: int | Sequence[int], options: Mapping[str, Any]
) -> list[Trial]:
    """Return the trials of a sweep, those that differ in their seed alone next to each other.

    Args:
        over: values by name; a name is an option of `train`, or k2, the weight of the KL.
        seeds: the seeds, or how many: 3 for 1, 2 and 3.
        options: of `train`, the same for all trials.

    Raises:
        ValueError: something is wrong; nothing was trained or written.
    """
    over = {name: _checked(name, values) for name, values in over.items()}
    if twice := sorted(set(over) & set(options)):
        raise ValueError(f"{twice[0]} is swept, and given as an option: leave out one of the two.")
    if "k2" in over and ("loss_weights" in over or isinstance(_k1(options), str)):
        raise ValueError(
            "k2 is swept, and loss_weights sets it too: leave out loss_weights, or give two "
            "numbers, of which the first is kept."
        )
    trials = []
    for values in itertools.product(*over.values(), _seeds(seeds)):
        chosen = dict(zip((*over, "seed"), values, strict=True))
        parameters = OPTIONS | dict(options) | chosen
        if "k2" in chosen:
            parameters["loss_weights"] = (_k1(options), parameters.pop("k2"))
        parameters = with_defaults(parameters)
        require_parameters(**parameters)
        require_choice("kind", parameters["kind"], KINDS)
        require_choice("schedule", parameters["schedule"], SCHEDULES)
        name = "_".join(f"{name}-{text(value)}" for name, value in chosen.items())
        trials.append(Trial(re.sub(r"[^\w.-]+", "-", name), chosen, parameters))
    return _with_known_data(trials)


def read_over(texts: Sequence[str]) -> dict[str, list]:
    """Return what the command line sweeps: values by name, from texts such as "k2=1e-4,1e-3"."""
    over = {}
    for each in texts:
        name, equals, values = each.partition("=")
        name = name.strip().replace("-", "_")
        if not (name and equals and values.strip()):
            raise ValueError(
                f"--over must be NAME=VALUE,VALUE, got {each!r}: try latent_dim=2,5,10."
            )
        if name in over:
            raise ValueError(f"--over has {name} twice: give all its values in one, with commas.")
        over[name] = _values(values)
    return over


def text(value: Any) -> str:
    """Return a value as names and tables show it."""
    if isinstance(value, tuple):
        return ",".join(map(text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _values(words):
    """Return numbers, pairs or texts that commas separate."""
    try:
        values = ast.literal_eval(words)
    except (ValueError, SyntaxError):
        return [_value(word.strip()) for word in words.split(",")]
    return list(values) if isinstance(values, tuple) else [values]


def _value(word):
    try:
        return ast.literal_eval(word)
    except (ValueError, SyntaxError):
        return word


def _checked(name, values):
    """Return the values of one name, all different; those of the others are checked by `train`."""
    if name == "seed":
        raise ValueError("seed cannot be swept with the others: use --seeds 3, or --seeds 1,2,5.")
    require_choice("a swept name", name, SWEPT)
    if name in FLOATS:
        for value in values:
            if isinstance(value, bool) or not isinstance(value, Real) or value < 0:
                raise ValueError(f"{name} must be a number of 0 or more, got {value!r}: try 0.001.")
        values = [float(value) for value in values]
    _require_different(name, [text(value) for value in values])
    return list(values)


def _require_different(name, words):
    if not words:
        raise ValueError(f"{name} has no value: give one or more.")
    if twice := [word for word in dict.fromkeys(words) if words.count(word) > 1]:
        raise ValueError(f"{name} has the value {twice[0]} twice: give it once.")


def _seeds(seeds):
    if isinstance(seeds, Sequence) and not isinstance(seeds, str):
        for seed in seeds:
            require_seed(seed)
        _require_different("seeds", [str(seed) for seed in seeds])
        return list(seeds)
    require_count("seeds", seeds, 3)
    return list(range(1, seeds + 1))


def _k1(options):
    weights = options.get("loss_weights") or (1.0,)
    return weights if isinstance(weights, str) else weights[0]


def _with_known_data(trials):
    """Return the trials with the dataset that "auto" stands for, the same on every machine.

    That also makes or downloads a dataset once, before several processes would.
    """
    names = {}
    for trial in trials:
        name, scale = trial.parameters["dataset"], trial.parameters["scale"]
        if (name, scale) not in names:
            data = load_dataset(name, scale, trial.parameters["seed"])
            require_held_out(data, scale)
            names[name, scale] = data.name
        trial.parameters["dataset"] = names[name, scale]
    return trials
