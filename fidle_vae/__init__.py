"""Variational autoencoders, taught: the package that the lessons import."""

import importlib
import importlib.util
import os
import sys

import lazy_loader

from fidle_vae.common.keras_import import import_keras

__version__ = "0.1.0"


def _choose_backend() -> None:
    """Check, before Keras is imported, that the backend it will ask for is there."""
    installed = [b for b in ("tensorflow", "jax", "torch") if importlib.util.find_spec(b)]
    chosen = os.environ.get("KERAS_BACKEND")
    if not installed:
        raise ImportError(
            "fidle_vae needs a Keras backend and none is installed: "
            'run `pip install "fidle_vae[cpu]"` or, in a checkout, '
            '`pip install -c constraints.txt -e ".[cpu]"`.'
        )
    if chosen and chosen not in installed:
        raise ImportError(
            f"KERAS_BACKEND is {chosen!r}, which is not installed: "
            f"set it to one of {', '.join(installed)}, or unset it."
        )
    if not chosen and "tensorflow" not in installed:
        os.environ["KERAS_BACKEND"] = installed[0]


_choose_backend()
# TensorFlow tells a class about oneDNN and CPU flags, partly as errors; real ones raise exceptions.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Names load on first use, so that `fidle-vae --help` never waits for TensorFlow.
_WITH_KERAS = {
    "data.binarization": ["BinarizedImages"],
    "explorer.widget": ["explore"],
    "models.layers": ["SamplingLayer", "VariationalLossLayer"],
    "models.vae": ["VAE"],
    "training.best_model": ["BestModelCallback"],
    "training.epoch_images": ["ImagesCallback"],
    "training.epoch_lines": ["EpochLines"],
    "training.kl_warmup": ["BetaWarmup"],
    "training.record": ["TrainingRecord"],
}
_WITHOUT_KERAS = {"data.datasets": ["load_dataset", "load_mnist"], "runs.run": ["Run"]}
_load, __dir__, __all__ = lazy_loader.attach(
    __name__, submodules=["checks"], submod_attrs=_WITH_KERAS | _WITHOUT_KERAS
)


def __getattr__(name: str):
    if name == "checks" or any(name in names for names in _WITH_KERAS.values()):
        import_keras()
    return _load(name)


# Where Keras is loaded already, make our classes known to keras.saving.load_model at once.
if "keras" in sys.modules:
    importlib.import_module("fidle_vae.models.saved_classes")
