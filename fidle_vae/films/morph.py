"""The film of a walk through the latent space, from one image to another and back."""

import math
import os
from collections.abc import Callable, Sequence
from functools import cache
from numbers import Integral, Real
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fidle_vae.data.datasets import Dataset
from fidle_vae.films.writer import LONGEST, enlarge, require_film_path, write_frames
from fidle_vae.models.latent_space import morph_path
from fidle_vae.models.morph_ends import best_copies
from fidle_vae.models.parts import Parts, parts
from fidle_vae.runs.saved_models import find_file, load_dataset_of, load_model, name_of

HOLD = 0.6  # seconds for which each end is shown
PATHS = {"line": "linear", "circle": "great_circle"}
FOOT = 0.15  # height of the progress strip below the image, as a fraction of the image's height


def write_morph(
    start: str,
    end: str,
    path: str | os.PathLike = "morph.gif",
    *,
    model: str | os.PathLike = "newest",
    dataset: str = "auto",
    way: str = "line",
    frames: int = 40,
    seconds: float = 3.0,
    size: int = 560,
    run_dir: str | os.PathLike | None = None,
) -> Path:
    """Write a film of what a VAE decodes on the path from one latent point to another, and back.

    Args:
        start: Where the path begins: the name of a class, such as "3" or "Sneaker", for the code
            of that held-out image of it which the model reconstructs best; "image=12" for the code
            of any held-out image, counted from 0; "z=0.5,-1" for a latent point.
        end: Where the path ends, in the same notation.
        path: The file to write; its suffix is .gif or .mp4.
        model: Any saved model that `saved_models.find_file` finds, with an encoder and a decoder.
        dataset: The dataset of the images; "auto" takes the one the model was trained on.
        way: "line", or "circle" for a great circle (see `latent_space.morph_path`).
        frames: How many images are decoded.
        seconds: Duration from start to end; the way back takes as long.
        size: Minimum height of the image in the film, in pixels.
        run_dir: The folder of all runs; None takes `runs_dir()`.

    Returns:
        The path of the film.
    """
    path = require_film_path(path)
    _require_numbers(frames, seconds, size)
    if way not in PATHS:
        raise ValueError(f"the path (way) must be line or circle, got {way!r}: try line")
    file = find_file(model, run_dir=run_dir)
    data = cache(lambda: load_dataset_of(file, dataset))
    finders = [_finder(name, text, data) for name, text in (("A", start), ("B", end))]

    network = parts(load_model(file), "morph")
    if network.classes:
        raise ValueError(
            f"morph needs a decoder of z alone; that of model {name_of(file)} takes the class too: "
            "decode the path with `fidle_vae.models.parts(model).decode(z, labels)`."
        )
    a, b = (find(network) for find in finders)
    if np.allclose(a, b, atol=1e-6):
        raise ValueError(f"A and B must be two different points, got {start!r} and {end!r}")
    points = morph_path(a, b, frames, PATHS[way]).astype("float32")
    images = network.decode(points).clip(0, 1)

    zoom, shares = math.ceil(size / images.shape[1]), np.linspace(0, 1, frames)
    pictures = [_picture(*each, (start, end), zoom) for each in zip(images, shares, strict=True)]
    there = [HOLD, *[(seconds - HOLD) / (frames - 2)] * (frames - 2)]  # the way back starts with B
    write_frames(path, pictures + pictures[-2:0:-1], there + there)
    print(
        f"From {start} to {end} and back, by model {name_of(file)}: "
        f"{2 * seconds:.1f} s, {path.stat().st_size / 1e6:.1f} MB: {path}"
    )
    return path


def _require_numbers(frames, seconds, size):
    if isinstance(frames, bool) or not isinstance(frames, Integral) or not 3 <= frames <= 1000:
        raise ValueError(f"frames must be an integer from 3 to 1000, got {frames!r}: try 40")
    least = HOLD + 0.02 * frames
    if (
        isinstance(seconds, bool)
        or not isinstance(seconds, Real)
        or not least <= seconds <= LONGEST
    ):
        raise ValueError(
            f"seconds must be from {least:g}, for {frames} frames, to {LONGEST}, "
            f"got {seconds!r}: try {max(3, math.ceil(least))}"
        )
    if isinstance(size, bool) or not isinstance(size, Integral) or not 28 <= size <= 2000:
        raise ValueError(f"size must be an integer from 28 to 2000 pixels, got {size!r}: try 560")


def _finder(name: str, text: str, data: Callable[[], Dataset]) -> Callable:
    """Return a function that finds a latent point by a model; check first what needs no model.

    Args:
        name: "A" or "B", for error messages.
        text: The point as the user described it.
        data: Loads the held-out images; called only if they are needed.
    """
    kind, equals, value = text.partition("=")
    if equals and kind == "z":
        return lambda network: _point(name, value, network.latent_dim)
    if equals and kind == "image":
        i = _image(name, value, data())
    else:
        k = _class(name, text, data())
        return lambda network: _code_of_class(network, data(), k)
    return lambda network: _codes(network, data(), [i])[0]


def _point(name, value, latent_dim):
    try:
        z = np.array([float(number) for number in value.split(",")])
    except ValueError:
        z = np.array([np.nan])
    if len(z) != latent_dim or not np.isfinite(z).all():
        like = ",".join(["0.5", "-1", *["0"] * latent_dim][:latent_dim])
        raise ValueError(
            f"{name} must have {latent_dim} finite numbers, one for each latent dimension of the "
            f"model, got 'z={value}': try z={like}"
        )
    return z


def _image(name, value, data):
    if not value.isdecimal() or int(value) >= len(data.x_test):
        raise ValueError(
            f"{name} must be image=0 to image={len(data.x_test) - 1}, one of the held-out images "
            f"of {data.name}, got 'image={value}'"
        )
    return int(value)


def _class(name, text, data):
    others = f"image=0 to image={len(data.x_test) - 1}, or a latent point such as z=0.5,-1"
    if data.y_test is None:
        raise ValueError(f"{name} is {text!r}, but {data.name} has no classes: give {others}")
    names = [known.lower() for known in data.class_names]
    k = names.index(text.lower()) if text.lower() in names else -1
    if k not in data.y_test:
        raise ValueError(
            f"{name} must be a class of {data.name} ({', '.join(data.class_names)}), {others}; "
            f"got {text!r}"
        )
    return k


def _code_of_class(network: Parts, data: Dataset, k: int) -> np.ndarray:
    """Return the code of the image of class `k` that the model reconstructs best.

    Its reconstruction must resemble images of its class, judged by the nearest ones. If there is
    none, a line says so, and the first image of the class is taken.
    """
    members = np.flatnonzero(data.y_test == k)
    codes = _codes(network, data, members)
    copies = network.decode(codes)
    survives = _nearest_classes(copies, data) == k
    best = best_copies(data.x_test[members], copies, data.y_test[members], survives)
    if not best:
        print(
            f"Of class {data.class_names[k]}, the model keeps no image: each of its "
            "reconstructions looks like another class. The first image is taken."
        )
    return codes[best.get(k, 0)]


def _nearest_classes(images: np.ndarray, data: Dataset) -> np.ndarray:
    """Return for each image the class of most of the 5 held-out images nearest to it, by pixels."""
    from sklearn.neighbors import KNeighborsClassifier

    known = KNeighborsClassifier(5).fit(data.x_test.reshape(len(data.x_test), -1), data.y_test)
    return known.predict(images.reshape(len(images), -1))


def _codes(network: Parts, data: Dataset, chosen: Sequence[int]) -> np.ndarray:
    if network.encoder is None:
        raise ValueError(
            "the model has no encoder to find the code of an image: give z= points, such as "
            f"z={','.join(['0.5', '-1', *['0'] * network.latent_dim][: network.latent_dim])}"
        )
    if data.x_test.shape[1:] != network.image_shape:
        raise ValueError(
            f"the model takes images of shape {network.image_shape}, those of {data.name} have "
            f"{data.x_test.shape[1:]}: give the dataset that it was trained on, or z= points"
        )
    return network.encode(data.x_test[chosen]).mean


def _picture(image: np.ndarray, share: float, names: tuple[str, str], zoom: int) -> np.ndarray:
    """Draw an image and, below it, its position on the path between the two names."""
    large = enlarge(image, zoom)
    h, w = large.shape[:2]
    foot = round(FOOT * h)
    canvas = Image.new("L" if large.ndim == 2 else "RGB", (w, h + foot), "black")
    canvas.paste(Image.fromarray(large))
    draw, y = ImageDraw.Draw(canvas), h + foot // 2
    font = _font(min(foot // 2, round(w / (1.2 * max(8, len(names[0] + names[1]))))))
    left = foot // 3 + draw.textlength(names[0], font) + foot // 2
    right = w - foot // 3 - draw.textlength(names[1], font) - foot // 2
    draw.text((foot // 3, y), names[0], "white", font, "lm")
    draw.text((w - foot // 3, y), names[1], "white", font, "rm")
    draw.line((left, y, right, y), "grey", max(2, foot // 20))
    x, r = left + share * (right - left), foot // 6
    draw.ellipse((x - r, y - r, x + r, y + r), "white")
    return np.asarray(canvas)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf"), size)
