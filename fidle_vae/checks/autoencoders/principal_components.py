"""The check of a reconstruction by principal components."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    diagnose,
    exercise,
    explain,
    from_arguments,
    place,
    uses,
)

CASES = [(1, 12, 5, 2), (2, 9, 5, 3)]  # seed, images, pixels, components


@exercise
@from_arguments
def pca(my_pca: Callable) -> Result:
    """Check `my_pca(x, n)`: the images x, (images, pixels), by their first n components."""
    cases = [_case(*each) for each in CASES]
    how = {"parts": PARTS, "arrays": True}  # arrays, as the lesson has them
    result = diagnose("pca", my_pca, cases, [_right], MISTAKES, show, **how)
    images, pixels, n = CASES[0][1:]
    numbers = (
        "What you add to the mean has n numbers an image and no pixels yet: come back to pixels by "
        "@ vt[:n]. (Of u it is the product with s that counts.)"
    )
    of_numbers = rf"{n}\) \({pixels},\)|\({pixels},\) \({images}, ?{n}\)"
    result = explain(result, of_numbers, "pca_adds_numbers_to_pixels", numbers, alone=True)
    mean = "x.mean(axis=1) has a number for each image: the mean image is over axis 0."
    of_rows = rf"{pixels}\) \({images},\)|\({images},\) \({images}, ?{pixels}\)"
    result = explain(result, of_rows, "pca_mean_over_pixels", mean, alone=True)
    if uses(my_pca, "cov"):
        of_images = "np.cov takes rows for variables, and these are images: np.cov(x.T)."
        errors = f"{pixels} columns on the left, {images} rows"
        result = explain(result, errors, "pca_covariance_of_images", of_images, alone=True)
    shapes = (
        "The mean image, x.mean(axis=0), has shape (pixels,), x - mean has (images, pixels), "
        "vt[:n] has (n, pixels): by vt[:n].T you come to n numbers, by vt[:n] back to pixels."
    )
    result = explain(result, "do not fit together", "pca_shapes", shapes)
    three = "np.linalg.svd gives three: u, s, vt."
    return explain(result, "values to unpack", "pca_svd_gives_three", three)


def _case(seed, images, pixels, n):
    """Draw images far from 0, with different variances along mixed directions."""
    rng = np.random.default_rng(seed)
    mixed = rng.normal(size=(images, pixels)) * 2.0 ** -np.arange(pixels)
    x = mixed @ np.linalg.qr(rng.normal(size=(pixels, pixels))).Q + rng.uniform(1, 3, pixels)
    return {"x": x.astype("float32"), "n": n}


def show(case, index):
    """Write how many images there are, and which pixel is meant."""
    images, pixels = case["x"].shape
    return f"{images} images of {pixels} pixels and n = {case['n']}, the value at {place(index)}"


def _axes(x):
    return np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2]


def _right(x, n):
    return x.mean(axis=0) + (x - x.mean(axis=0)) @ _projector(_axes(x)[:n])


def _projector(axes):
    return axes.T @ axes


def _component(k):
    """Return the formula of what component number k + 1 has of the images."""
    return lambda x, n: (x - x.mean(axis=0)) @ _projector(_axes(x)[k : k + 1])


# What a reconstruction is a sum of.
PARTS = {"mean": lambda x, n: np.tile(x.mean(axis=0), (len(x), 1))} | {
    f"component {k + 1}": _component(k) for k in range(5)
}


def _of_u(x, n):
    return np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[0][:n]


def _without_s(x, n):
    u, _, vt = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    return x.mean(axis=0) + u[:, :n] @ vt[:n]


def _standardised(x, n):
    mean = x.mean(axis=0)
    axes = np.linalg.svd((x - mean) / x.std(axis=0), full_matrices=False)[2][:n]
    return mean + (x - mean) @ _projector(axes)


def _of_scaled_images(x, n):
    return x.mean(axis=0) + _in_standard_units(x, n) * x.std(axis=0)


def _in_standard_units(x, n):
    """Return the reconstruction of standardised images, which are not brought back."""
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    return z @ _projector(np.linalg.svd(z, full_matrices=False)[2][:n])


def _codes(x, n, signs=1):
    return signs * ((x - x.mean(axis=0)) @ _axes(x)[:n].T)


def _codes_of_scikit(x, n):
    """Return codes with the signs of scikit-learn: the largest weight of each axis is positive."""
    axes = _axes(x)[:n]
    return _codes(x, n, np.sign(axes[range(n), np.abs(axes).argmax(axis=1)]))


def _codes_of_older_scikit(x, n):
    codes = _codes(x, n)
    return codes * np.sign(codes[np.abs(codes).argmax(axis=0), range(n)])


def _with_s(x, n):
    _, s, vt = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    return x.mean(axis=0) + _codes(x, n) * s[:n] @ vt[:n]


def _not_centred(x, n):
    axes = np.linalg.svd(x, full_matrices=False)[2][:n]
    return x @ _projector(axes)


def _mean_of_each_image(x, n):
    mean = x.mean(axis=1, keepdims=True)
    axes = np.linalg.svd(x - mean, full_matrices=False)[2][:n]
    return mean + (x - mean) @ _projector(axes)


MISTAKES = [
    Mistake(
        "pca_without_mean_at_the_end",
        "The mean is missing at the end: you have subtracted it, so add it again.",
        lambda x, n: _right(x, n) - x.mean(axis=0),
    ),
    Mistake(
        "pca_not_centred",
        "You have not subtracted the mean: the first component then points to the mean image.",
        _not_centred,
    ),
    Mistake(
        "pca_projects_before_centring",
        "The images are projected with their mean, which is then added once more: project "
        "x - mean.",
        lambda x, n: x.mean(axis=0) + x @ _projector(_axes(x)[:n]),
    ),
    Mistake(
        "pca_columns_of_vt",
        "You take columns of vt: the components are its rows, vt[:n].",
        lambda x, n: x.mean(axis=0) + (x - x.mean(axis=0)) @ _projector(_axes(x)[:, :n].T),
    ),
    Mistake(
        "pca_u_for_vt",
        "What you take for vt is u: svd returns u, s and vt, in this order.",
        lambda x, n: x.mean(axis=0) + (x - x.mean(axis=0)) @ _projector(_of_u(x, n)),
    ),
    Mistake(
        "pca_mean_of_each_image",
        "You subtract from each image the mean of its own pixels: the mean image is asked, over "
        "axis 0.",
        _mean_of_each_image,
    ),
    Mistake(
        "pca_one_mean",
        "You subtract one number, the mean of all pixels of all images: the mean image is asked, "
        "over axis 0.",
        lambda x, n: (
            x.mean()
            + (x - x.mean()) @ _projector(np.linalg.svd(x - x.mean(), full_matrices=False)[2][:n])
        ),
    ),
    Mistake(
        "pca_without_s",
        "The singular values s are missing between u and vt: each component counts by its s. "
        "(x - mean) @ vt[:n].T @ vt[:n] needs neither u nor s.",
        _without_s,
    ),
    *(
        Mistake(
            "pca_standardised",
            "You divide by the standard deviation of each pixel before the search: subtract the "
            "mean only.",
            formula,
        )
        for formula in (_standardised, _of_scaled_images)
    ),
    Mistake(
        "pca_components_not_centred",
        "The components are those of x: take them of x - mean, which you project on them.",
        lambda x, n: (
            x.mean(axis=0)
            + (x - x.mean(axis=0)) @ _projector(np.linalg.svd(x, full_matrices=False)[2][:n])
        ),
    ),
    *(
        Mistake(
            "pca_in_standard_units",
            "You divide by the standard deviation of each pixel: subtract the mean only, and add "
            "it at the end.",
            lambda x, n, share=share: share * x.mean(axis=0) + _in_standard_units(x, n),
        )
        for share in (0, 1)
    ),
    Mistake(
        "pca_with_s",
        "You multiply by s: what (x - mean) @ vt[:n].T gives has its size already.",
        _with_s,
    ),
    Mistake(
        "pca_pixels",
        "These are the first n pixels, not components: project on the rows vt[:n], and come back.",
        lambda x, n: x[:, :n],
    ),
    Mistake(
        "pca_nothing_left_out",
        "These are the images themselves: keep the first n components only, vt[:n].",
        lambda x, n: x,
    ),
    Mistake(
        "pca_codes",
        "These are the codes, n numbers an image: go back to pixels with the same components, "
        "codes @ vt[:n] + mean.",
        _codes,
    ),
    *(
        Mistake(
            "pca_codes",
            "These are the codes, n numbers an image, as fit_transform gives them: go back to "
            "pixels, by inverse_transform.",
            formula,
        )
        for formula in (_codes_of_scikit, _codes_of_older_scikit)
    ),
    Mistake(
        "pca_components",
        "These are the components: the images are asked as the components have them.",
        lambda x, n: _axes(x)[:n],
    ),
]
