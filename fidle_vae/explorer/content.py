"""The content of an explorer, networks and held-out images with their codes: JSON and bytes."""

import io
from collections.abc import Mapping, Sequence

import keras
import matplotlib
import numpy as np
from PIL import Image
from scipy import stats

from fidle_vae.common.validation import require_count
from fidle_vae.data.datasets import Dataset
from fidle_vae.explorer.spec.decoder import decoder_spec, require_precision
from fidle_vae.explorer.spec.encoder import encoder_spec
from fidle_vae.explorer.spec.packing import Packer
from fidle_vae.figures.style import COLORS
from fidle_vae.models.latent_space import LatentPlane
from fidle_vae.models.parts import Parts, parts

MOST_MODELS = 2  # side by side; with three, the planes would be too small to project
COLUMNS = 50  # of tiles in the picture that holds the images


def explorer_content(
    models: Mapping[str, keras.Model],
    dataset: Dataset | None = None,
    *,
    codes: int = 2000,
    precision: str = "float16",
    title: str | None = None,
    trained_on: str | Mapping[str, str | None] | None = None,
    start: Sequence[float] | None = None,
) -> tuple[dict, bytes]:
    """Collect the content that explorer.js shows.

    Args:
        models: One or two models by name. Each is a `VAE`, a functional model with layers named
            "encoder" and "decoder", or a bare decoder, which has no codes to show.
        dataset: The dataset whose held-out images are shown as codes; None shows no codes.
        codes: Maximum number of codes.
        precision: Precision of the weights, "float16" or "float32".
        title: The heading; by default the names of the models and the dataset.
        trained_on: Name of the dataset that the models were trained on, or a dict of these by the
            model's name; where `dataset` is another one, the heading says so.
        start: A latent point, shape (latent_dim,), where the explorer opens. By default the centre
            of the prior; in more than two dimensions, the first code or, without codes, a point
            like the draws of the prior, and the plane goes through it.

    Returns:
        A dict that can be written as JSON, and the bytes of all arrays that it refers to.
    """
    require_options(len(models), codes, precision)
    networks = {name: parts(model, "the explorer") for name, model in models.items()}
    packer = Packer()
    described = [
        {
            "name": str(name),
            "note": describe(models[name]),
            "decoder": decoder_spec(network.decoder, packer, precision=precision),
        }
        for name, network in networks.items()
    ]
    for model, network in zip(described, networks.values(), strict=True):
        encoder = encoder_spec(network.encoder, packer, precision=precision)
        if encoder is not None:
            model["encoder"] = encoder
    _require_same_latent_dim(described)
    content = {"models": described, "colors": [matplotlib.colors.to_hex(color) for color in COLORS]}
    latent_dim = described[0]["decoder"]["inputDim"]
    if start is not None:
        start = _checked(start, latent_dim)
    first_codes = None
    if dataset is not None and any(network.encoder for network in networks.values()):
        images = dataset.x_test[:codes]
        for model, network in zip(described, networks.values(), strict=True):
            if network.encoder is not None:
                z_mean = encode(network, images, model["name"], dataset)
                model["codes"] = packer.add(z_mean, "float32")
                first_codes = z_mean if first_codes is None else first_codes
        content["images"] = _pack_images(images, packer)
        if dataset.y_test is not None:
            content["labels"] = packer.add(dataset.y_test[:codes], "uint8")
            content["classNames"] = list(dataset.class_names)
    at_image = start is None and latent_dim > 2 and first_codes is not None
    if at_image and "labels" in content and any(each["decoder"]["classes"] for each in described):
        content["label"] = int(dataset.y_test[0])
    content |= _opening(start, latent_dim, first_codes)
    of_data = f" \N{MIDDLE DOT} {dataset.name}" if "images" in content else ""
    content["title"] = title or " and ".join(map(str, models)) + of_data
    notice = _notice(models, dataset.name, trained_on) if "images" in content else ""
    if notice:
        content["notice"] = notice
    return content, packer.data


def require_options(models: int, codes: int, precision: str) -> None:
    """Raise an error for options that no explorer supports, before a model is loaded."""
    if not 1 <= models <= MOST_MODELS:
        raise ValueError(f"models must be one or two, to stand side by side; got {models}.")
    require_count("codes", codes, 2000)
    require_precision(precision)


def describe(model: keras.Model) -> str:
    """Return a description of a model in one line."""
    weights = f"decoder of {parts(model).decoder.count_params():,} weights"
    return f"beta {model.beta:.3g}, {weights}" if hasattr(model, "beta") else weights


def encode(network: Parts, images: np.ndarray, name: str, dataset: Dataset) -> np.ndarray:
    """Return the codes (n, latent_dim) of a dataset's first held-out images: z_mean, or points."""
    if network.image_shape != images.shape[1:]:
        raise ValueError(
            f"dataset {dataset.name} has images of shape {images.shape[1:]}, and model {name} "
            f"takes {network.image_shape}: choose the dataset that it was trained on, or none."
        )
    if network.encoder_classes and len(dataset.class_names) != network.encoder_classes:
        raise ValueError(
            f"dataset {dataset.name} has {len(dataset.class_names)} classes, and model {name} "
            f"takes {network.encoder_classes}: choose the dataset that it was trained on, or none."
        )
    labels = None if dataset.y_test is None else dataset.y_test[: len(images)]
    return network.encode(images, labels).mean


def _notice(names, shown, trained_on):
    """Return which models were trained on another dataset than the one shown; "" if none."""
    known = trained_on if isinstance(trained_on, Mapping) else dict.fromkeys(names, trained_on)
    others = {name: known[name] for name in names if known.get(name) not in (None, shown)}
    if not others:
        return ""
    if len(set(others.values())) == 1 and len(others) == len(names):
        return f"trained on {known[next(iter(others))]}, shown on {shown}"
    listed = " and ".join(f"{name} was trained on {other}" for name, other in others.items())
    return f"{listed}, shown on {shown}"


def _require_same_latent_dim(described):
    dims = {model["name"]: model["decoder"]["inputDim"] for model in described}
    if len(set(dims.values())) > 1:
        listed = " and ".join(f"{name} has {dim}" for name, dim in dims.items())
        raise ValueError(
            f"models side by side must have one latent_dim, to share a plane; {listed}: "
            "explore them one at a time."
        )


def _opening(start, latent_dim, codes):
    """Return where the explorer opens, and on which plane, where these are not the usual ones."""
    if latent_dim <= 2:
        return {} if start is None else {"start": start}
    if codes is not None:
        return {"start": start or codes[0].tolist(), "plane": _pca(codes)}
    start = start or _on_shell(latent_dim)
    return {"start": start, "plane": _through(start)}


def _checked(start, latent_dim):
    point = np.asarray(start, float)
    if point.shape != (latent_dim,) or not np.isfinite(point).all():
        raise ValueError(
            f"start must be a latent point of {latent_dim} finite numbers, got the shape "
            f"{point.shape}: give one row of z."
        )
    return point.tolist()


def _on_shell(latent_dim):
    """Return a point where draws of the prior are: at the distance sqrt(d) from its centre."""
    z = np.random.default_rng(2).standard_normal(latent_dim)
    return (z * np.sqrt(latent_dim) / np.linalg.norm(z)).tolist()


def _pca(codes):
    plane = LatentPlane.of_pca(codes)
    return {
        "label": "PCA",
        "origin": plane.origin.tolist(),
        "axes": plane.axes.tolist(),
        "names": list(plane.names),
    }


def _through(start):
    """Describe the plane through the centre of the prior, a point, and a direction at random.

    In many dimensions, draws of the prior are near a ring of this plane, and none is in its middle.
    """
    latent_dim = len(start)
    directions = np.random.default_rng(1).standard_normal((2, latent_dim))
    if any(start):
        directions[0] = start
    axes, signs = np.linalg.qr(directions.T)
    axes = axes.T * np.sign(np.diag(signs))[:, None]
    return {
        "label": "Ring",
        "origin": [0.0] * latent_dim,
        "axes": axes.tolist(),
        "names": ["direction 1", "direction 2"],
        "shell": stats.chi(latent_dim).ppf([0.025, 0.975]).tolist(),
    }


def _pack_images(images, packer):
    """Pack all images as tiles of one PNG, row by row: a third of the size of the raw bytes."""
    count, height, width, channels = images.shape
    rows = -(-count // COLUMNS)
    tiles = np.zeros((rows * COLUMNS, height, width, channels), np.uint8)
    tiles[:count] = np.rint(255 * images)
    picture = tiles.reshape(rows, COLUMNS, height, width, channels).swapaxes(1, 2)
    picture = picture.reshape(rows * height, COLUMNS * width, channels)
    png = io.BytesIO()
    Image.fromarray(picture[..., 0] if channels == 1 else picture).save(png, "png", optimize=True)
    return {
        "png": packer.add(np.frombuffer(png.getvalue(), np.uint8), "uint8"),
        "columns": COLUMNS,
        "height": height,
        "width": width,
        "count": count,
    }
