"""Answers to the grid and to the morph."""

import numpy as np
from keras import ops
from scipy.stats import norm

from fidle_vae.models.latent_space import LatentPlane, grid_points, morph_path
from tests.checks.planted import right, wrong
from tests.checks.planted.models import model_of


def product(axis):
    return np.stack(np.meshgrid(axis, axis), axis=-1)


def ppf(*bounds):
    return norm.ppf(np.linspace(*bounds))


GRIDS = {
    "grid_infinite": product(ppf(0, 1, 10)),
    "grid_even_in_z": product(np.linspace(-3, 3, 10)),
    "grid_of_shares": product(np.linspace(0.05, 0.95, 10)),
    "grid_cdf": product(norm.cdf(np.linspace(-2, 2, 10))),
    "grid_shares": product(norm.ppf(np.linspace(0.05, 0.95, 10), scale=2)),
    "grid_off_centre": product(ppf(0.01, 0.8, 10)),
    "grid_too_narrow": product(ppf(0.4, 0.6, 10)),
    "grid_one_axis": np.stack([product(ppf(0.05, 0.95, 10))[..., 0], np.zeros((10, 10))], axis=-1),
    "grid_repeats": np.repeat(product(ppf(0.05, 0.95, 10))[..., :1], 2, axis=-1),
    "grid_one_axis_only": ppf(0.05, 0.95, 10),
    "grid_flat": product(ppf(0.05, 0.95, 10)).reshape(-1, 2),
    "grid_density": product(norm.pdf(np.linspace(-3, 3, 11))),
    "grid_random": np.random.default_rng(0).normal(size=(10, 10, 2)),
    "grid_not_a_product": np.stack(
        [product(ppf(0.05, 0.95, 10))[..., 0], np.random.default_rng(0).normal(size=(10, 10))], -1
    ),
}
for name, points in GRIDS.items():
    wrong("grid", name)(points)
GRIDS = {
    "grid_ignores_n": lambda n: product(ppf(0.05, 0.95, 12)),
    "grid_coordinates_first": lambda n: np.stack(np.meshgrid(*2 * [ppf(0.05, 0.95, n)])),
    "grid_shape": lambda n: product(ppf(0.05, 0.95, 2 * n)),
    "grid_count_of_places": lambda n: product(ppf(0.05, 0.95, n + 1)),
    "grid_coordinates_in_the_middle": lambda n: np.stack(
        np.meshgrid(*2 * [ppf(0.05, 0.95, n)]), axis=1
    ),
    "grid_one_axis_uneven": lambda n: np.stack(
        np.meshgrid(2 * ppf(0.05, 0.95, n), ppf(0.05, 0.95, n)), axis=-1
    ),
    "grid_of_images": lambda n: np.zeros((n, n, 28, 28, 1)),
    "grid_stack_of_two": lambda n: np.stack(
        product(ppf(0.05, 0.95, n)), product(ppf(0.05, 0.95, n)), axis=-1
    ),
    "grid_range_is_no_array": lambda n: product(norm.ppf(range(1, n) / n)),
    "grid_norm_is_no_function": lambda n: product(norm((np.arange(n) + 0.5) / n)),
    "grid_infinite": lambda n: product(ppf(0, 1, n)),
    "grid_flat": lambda n: my_grid(n).reshape(-1, 2),
    "grid_one_axis_only": lambda n: ppf(0.05, 0.95, n),
    "grid_diagonal": lambda n: np.stack([ppf(0.05, 0.95, n)] * 2, axis=-1),
    "grid_side_by_side": lambda n: np.concatenate(np.meshgrid(*2 * [ppf(0.05, 0.95, n)]), axis=-1),
    "grid_random": lambda n: np.random.default_rng(0).normal(size=(n, n, 2)),
    "grid_even_in_z": lambda n: product(np.linspace(-2, 2, n)),
    "grid_off_centre": lambda n: product(ppf(0.05, 0.95, n) if n > 10 else ppf(0.1, 0.8, n)),
    "error": lambda n: product(ppf(0.05, 0.95, m)),  # noqa: F821
    "no_number": lambda n: "a grid",
}
for name, points in GRIDS.items():
    wrong("grid", name)(points)
wrong("grid", "grid_count_of_places")(lambda n: product(norm.ppf(np.arange(1, n) / n)))
wrong("grid", "grid_count_of_places")(lambda n: product(ppf(0, 1, n)[1:-1]))
wrong("grid", "grid_beyond_shares")(lambda n: product(norm.ppf(np.arange(n) + 0.5 / n)))
wrong("grid", "grid_too_narrow")(lambda n: product(ppf(0.25, 0.75, n)))
right("grid")(lambda n: product(norm.ppf(np.arange(1, n + 1) / (n + 1))))
wrong("grid", "grid_ignores_n")(lambda n=10: product(ppf(0.05, 0.95, 10)))
wrong("grid", "grid_coordinates_first")(lambda n: np.meshgrid(*2 * [ppf(0.05, 0.95, n)]))


@right("grid")
def my_grid(n):
    axis = norm.ppf((np.arange(n) + 0.5) / n)
    return np.stack(np.meshgrid(axis, axis[::-1]), axis=-1)


for points in (
    lambda n: product(ppf(0.05, 0.95, n)),
    product(ppf(0.05, 0.95, 10)),
    product(ppf(0.01, 0.99, 15)[::-1]),
    product(norm.ppf((np.arange(8) + 0.5) / 8)),
    grid_points(12, LatentPlane.of_dims(2)),
    lambda: product(ppf(0.05, 0.95, 10)),
):
    right("grid")(points)


def path(t_of, mix=lambda t, a, b: (1 - t) * a + t * b):
    return lambda a, b, n: np.array([mix(t, np.array(a), np.array(b)) for t in t_of(n)])


PATHS = {
    "morph_reversed": path(lambda n: np.linspace(1, 0, n)),
    "morph_without_end": path(lambda n: np.linspace(0, 1, n, endpoint=False)),
    "morph_without_start": path(lambda n: np.linspace(0, 1, n + 1)[1:]),
    "morph_without_ends": path(lambda n: np.linspace(0, 1, n + 2)[1:-1]),
    "morph_one_place_more": path(lambda n: np.linspace(0, 1, n + 1)),
    "morph_one_place_less": path(lambda n: np.linspace(0, 1, n - 1)),
    "morph_turned": lambda a, b, n: np.linspace(np.array(a), np.array(b), n).T,
    "morph_beyond": path(lambda n: np.linspace(0, 1, n), lambda t, a, b: a + t * b),
    "morph_first_dimension_only": path(
        lambda n: np.linspace(0, 1, n), lambda t, a, b: np.array([a[0] + t * (b - a)[0], *a[1:]])
    ),
    "morph_two_dimensions_only": lambda a, b, n: np.linspace(a, b, n)[:, :2],
    "morph_linspace": path(lambda n: np.linspace(1, n)),
    "morph_middle": lambda a, b, n: (a + b) / 2,
    "morph_start_only": path(lambda n: np.linspace(0, 1, n)[:1]),
    "morph_on_a_sphere": path(
        lambda n: np.linspace(0, 1, n),
        lambda t, a, b: ((1 - t) * a + t * b) / np.linalg.norm((1 - t) * a + t * b),
    ),
    "morph_other_t": path(lambda n: np.linspace(0, 1, n) ** 2),
    "morph_other_shares": path(lambda n: np.linspace(0, 1, n), lambda t, a, b: (1 + t) * a + t * b),
}
CODES = np.random.default_rng(4).normal(size=(2, 2))
PATHS["morph_great_circle"] = lambda a, b, n: morph_path(a, b, n, "great_circle")
PATHS["made_outside"] = lambda a, b, n: np.linspace(*CODES, n)
PATHS["morph_decodes"] = lambda a, b, n: model_of(0.0).decode(np.linspace(a, b, n))
PATHS["morph_t_no_column"] = lambda a, b, n: a + np.linspace(0, 1, n) * (b - a)
for name, answer in PATHS.items():
    wrong("morph", name)(answer)
for t_of in (np.zeros, np.arange, lambda n: -np.linspace(0, 1, n)):
    wrong("morph", "morph_other_t")(path(t_of))
for mix in (
    lambda t, a, b: (t - 1) * a + t * b,
    lambda t, a, b: (1 - t) * a - t * b,
    lambda t, a, b: t * (b - a),
):
    wrong("morph", "morph_other_shares")(path(lambda n: np.linspace(0, 1, n), mix))
wrong("morph", "morph_number_added")(
    path(lambda n: np.linspace(0, 1, n), lambda t, a, b: 1 - t * a + t * b)
)
wrong("morph", "error_other_library")(lambda a, b, n: np.linspace(0, 1, n).unsqueeze(1))


@wrong("morph", "morph_great_circle")
def by_sines(a, b, n):
    t = np.linspace(0, 1, n)[:, None]
    angle = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


@wrong("morph", "argument_changed")
def one_place_that_moves(a, b, n):
    z, step, places = a, (b - a) / (n - 1), []
    for _ in range(n):
        places.append(z)
        z += step
    return np.array(places)


@right("morph")
def by_changing_its_argument(a, b, n):
    step, places = (b - a) / (n - 1), []
    for _ in range(n):
        places.append(a.copy())
        a += step
    return np.array(places)


wrong("morph", "random")(path(np.random.default_rng(3).random))
wrong("morph", "shape_fixed")(path(lambda n: np.linspace(0, 1, 10)))
wrong("morph", "form")(lambda a, b, n: np.linspace(a, b, n)[:, None])
right("morph")(path(lambda n: np.linspace(0, 1, n)))
right("morph")(lambda a, b, n: np.linspace(np.array(a), np.array(b), n))
right("morph")(lambda a, b, n: ops.linspace(a, b, n))
