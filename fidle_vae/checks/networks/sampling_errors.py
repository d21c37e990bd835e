"""What the errors of a sampling layer mean, and how to mend them."""

import re
from collections.abc import Callable

from fidle_vae.checks.engine import Result, explain


def explained(result: Result, layer: Callable) -> Result:
    """Return the result of an error of a layer that draws, with what it means for it."""
    unknown = re.search(r"name '(\w+)' is not defined", result.message)
    if unknown and hasattr(layer, unknown[1]):
        says = f"{unknown[1]} belongs to the layer: write self.{unknown[1]}."
        return result._replace(mistake="sampling_without_self", message=f"{result.message} {says}")
    hints = {
        r"Tshape|normal\(z_mean\s*[,)]": (
            "sampling_shape_is_a_tensor",
            "keras.random.normal takes a shape, ops.shape(z_mean), and not the tensor itself.",
        ),
        r"normal\([^`]*`.*SeedGenerator(?!' object)|normal\(ops\.shape\(\w+\), (self\.)?\w+\)": (
            "sampling_seed_by_place",
            "The second argument of keras.random.normal is the mean: give the generator by its "
            "name, seed=self.noise.",
        ),
        r"name '(batch\w*|latent_dim|dims?)' is not defined": (
            "sampling_shape_by_names",
            "Take the shape from what you have: that of z_mean, ops.shape(z_mean).",
        ),
        "name 'K' is not defined": (
            "sampling_old_backend",
            "K was the backend in older tutorials: in Keras 3 it is ops, as in ops.exp.",
        ),
        "no attribute '(seed_generator|generator|rng)'|'SeedGenerator' object has no attribute": (
            "sampling_other_generator",
            "The generator that __init__ made is called self.noise, and is the seed itself: "
            "seed=self.noise.",
        ),
        r"normal\([^`]*shape(\(\w+\))?\[\d\] *[,)]|must be a vector": (
            "sampling_part_of_a_shape",
            "keras.random.normal needs the whole shape of z_mean, ops.shape(z_mean), and not one "
            "number of it.",
        ),
        "argument": (
            "sampling_arguments",
            "Both tensors come in one list, [z_mean, z_log_var], as Keras passes them: one "
            "parameter, which is unpacked inside.",
        ),
        r"no attribute '(mul|\w+_)'": (
            "sampling_of_torch",
            "Methods such as .mul and .exp_ are PyTorch's: `*` multiplies, and ops.exp, ops.sqrt "
            "and their like are functions.",
        ),
        "@|matmul": (
            "sampling_matrix_product",
            "`@` is the product of matrices: `*` multiplies number by number.",
        ),
        "do not fit together": (
            "sampling_noise_shape",
            "Draw the noise in the shape of z_mean, ops.shape(z_mean).",
        ),
        "'SeedGenerator' object is not callable": (
            "sampling_generator_called",
            "self.noise draws nothing itself: give it to keras.random.normal as its seed.",
        ),
    }
    for errors, (mistake, hint) in hints.items():
        result = explain(result, errors, mistake, hint)
    return explain(
        result,
        "SeedGenerator(?!' object is not callable)",
        "sampling_generator_as_noise",
        "a generator stands where numbers are due. It is no noise itself, it is a seed: eps is "
        "what keras.random.normal draws in the shape of z_mean, with seed=self.noise.",
        alone=True,
    )
