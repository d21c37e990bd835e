"""The datasets that `load_dataset` knows by name: to add one, add an entry to `DATASETS`."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from fidle_vae.data import digits
from fidle_vae.data.loaders import load_digits, load_film, load_labelled
from fidle_vae.data.published_files import IDX_NAMES, Found, PublishedFiles
from fidle_vae.data.quick_draw import load_sheep


class DatasetEntry(NamedTuple):
    """What is known of a dataset: help texts, errors and the READMEs list it from here."""

    images: str
    """What its images are, in a line."""
    licence: str
    """Who made it, and its licence."""
    load: Callable[[Found | None, float, np.random.Generator], dict]
    """Returns the arrays and the source: see `loaders`."""
    class_names: tuple[str, ...] = ()
    """What each label stands for."""
    files: PublishedFiles | None = None
    """Where to look for it, and its checksums; None where `load` needs no published files."""


_DIGITS = tuple("0123456789")
_MNIST_SHAPES = {
    "x_train": (60_000, 28, 28),
    "y_train": (60_000,),
    "x_test": (10_000, 28, 28),
    "y_test": (10_000,),
}
_ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets"
_FASHION_MD5 = {
    "x_train": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "y_train": "25c81989df183df01b3e8a0aad5dffbe",
    "x_test": "bef4ecab320f06d8554ea6380940ec79",
    "y_test": "bb300cfdad3c16e7a12a480ee83cd310",
}

DATASETS = {
    "mnist": DatasetEntry(
        images="60,000 + 10,000 handwritten digits, 28 x 28, grey",
        licence="Y. LeCun, C. Cortes, C. Burges, from NIST's Special Databases 1 and 3; "
        "CC BY-SA 3.0",
        load=load_labelled,
        class_names=_DIGITS,
        files=PublishedFiles(
            _MNIST_SHAPES,
            checksums={
                "x_train": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                "y_train": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                "x_test": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                "y_test": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            },
            folders=("mnist",),
            archives=("mnist.npz", "mnist/mnist.npz"),
            origin=_ORIGIN,
            downloads={  # the SHA-256 that Keras has for it
                "mnist.npz": "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
            },
        ),
    ),
    "digits": DatasetEntry(
        images="60,000 + 10,000 handwritten digits, 28 x 28, grey, made on this machine: "
        "no network needed",
        licence="drawn from the 1,797 scans in scikit-learn: E. Alpaydin, C. Kaynak, "
        "UCI repository; CC BY 4.0",
        load=load_digits,
        class_names=_DIGITS,
        files=PublishedFiles(
            _MNIST_SHAPES, folders=(f"digits/v{digits.VERSION}",), make=digits.make_digits
        ),
    ),
    "fashion_mnist": DatasetEntry(
        images="60,000 + 10,000 articles of clothing, 28 x 28, grey",
        licence="H. Xiao, K. Rasul, R. Vollgraf, Zalando Research; MIT",
        load=load_labelled,
        class_names=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        files=PublishedFiles(
            _MNIST_SHAPES,
            checksums=_FASHION_MD5,
            folders=("fashion_mnist", "fashion-mnist"),
            origin=_ORIGIN,
            downloads={
                f"fashion-mnist/{IDX_NAMES[array]}.gz": f"md5:{md5}"
                for array, md5 in _FASHION_MD5.items()
            },
            md5=True,
        ),
    ),
    "frey_faces": DatasetEntry(
        images="1,965 frames of a film of one face, 28 x 20, grey, no labels",
        licence="B. Frey, S. Roweis; published for research, with no licence stated",
        load=load_film,
        files=PublishedFiles(
            {"images": (1_965, 28, 20)},
            checksums={
                "images": "c943677a3bcb83ed2de1207d4355c360cabfee597a538f9735ec3254886c365f"
            },
            archives=("frey_faces/frey_faces.npz", "frey_faces.npz"),
        ),
    ),
    "sheep": DatasetEntry(
        images="drawings of sheep, 28 x 28, grey, no labels: only from your own file `sheep.npy`",
        licence="Quick, Draw! by Google, numpy bitmaps; CC BY 4.0",
        load=load_sheep,
    ),
}


def dataset_names() -> list[str]:
    """Names that `load_dataset` takes: "auto", then those of `DATASETS`."""
    return ["auto", *DATASETS]


def markdown_table() -> str:
    """Table of the datasets, as README.md and data/README.md have it."""
    rows = [
        ("name", "images", "source and licence"),
        ("---", "---", "---"),
        ("`auto`", "`mnist` where it is here or can be downloaded, `digits` otherwise", "theirs"),
        *((f"`{name}`", entry.images, entry.licence) for name, entry in DATASETS.items()),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
