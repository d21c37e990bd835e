"""What may be asked of a training, checked before any work starts."""

from fidle_vae.common.validation import COUNTS, require_count
from fidle_vae.data.datasets import require_dataset
from fidle_vae.models.loss_weights import resolve_loss_weights


def require_parameters(**parameters) -> None:
    """Refuse a value that no training can take; names that are not known here pass."""
    defaults = {"dataset": "auto", "scale": 1.0, "seed": 0}
    require_dataset(*(parameters.get(name, value) for name, value in defaults.items()))
    for name in COUNTS:
        if name in parameters:
            require_count(name, parameters[name])
    if "loss_weights" in parameters:
        resolve_loss_weights(parameters["loss_weights"], n_pixels=1)
