"""Check the parameters of a training, before any work starts."""

from fidle_vae.common.validation import require_count
from fidle_vae.data.datasets import Dataset, require_dataset
from fidle_vae.data.image_folder import PREFIX
from fidle_vae.models.loss_weights import resolve_loss_weights

# What suits the images where nothing is said: those of 28 x 28 that are published, or a folder's.
OF_DIGITS = {"scale": 0.1, "kind": "conv", "loss_weights": (1.0, 1e-3)}
OF_PICTURES = {"scale": 1.0, "kind": "deep", "loss_weights": "elbo"}
HELD_OUT = 2  # images at least: a morph leads from one to another
_COUNTS = {"latent_dim": 2, "batch_size": 64, "epochs": 10}  # with values to suggest


def require_parameters(**parameters) -> None:
    """Raise ValueError for a value that no training accepts; ignore unknown names."""
    defaults = {"dataset": "auto", "scale": 1.0, "seed": 0}
    require_dataset(*(parameters.get(name, value) for name, value in defaults.items()))
    for name, example in _COUNTS.items():
        if name in parameters:
            require_count(name, parameters[name], example)
    if "loss_weights" in parameters:
        resolve_loss_weights(parameters["loss_weights"], n_pixels=1)


def with_defaults(parameters: dict) -> dict:
    """Return the parameters of a training, with what suits its images in place of None."""
    own = str(parameters["dataset"]).startswith(PREFIX)
    defaults = OF_PICTURES if own else OF_DIGITS
    return parameters | {
        name: value for name, value in defaults.items() if parameters[name] is None
    }


def require_held_out(data: Dataset, scale: float) -> None:
    """Raise ValueError if a fraction of a dataset leaves too few images to judge a model on."""
    if len(data.x_test) < HELD_OUT:
        raise ValueError(
            f"scale must leave {HELD_OUT} held-out images or more, got {scale:g}, "
            f"which leaves {len(data.x_test)} of {data.name}: try 0.01."
        )
