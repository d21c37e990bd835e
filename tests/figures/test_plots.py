import gc
import io
import itertools
import subprocess
import sys
import weakref

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image
from scipy.stats import norm

from fidle_vae.figures import plots
from fidle_vae.figures.style import COLORS
from fidle_vae.models.latent_space import LatentPlane, gaussian_grid

rng = np.random.default_rng(0)
GREY = rng.random((7, 28, 20, 1))
COLOR = rng.random((7, 12, 16, 3))
HISTORY = {"loss": [9, 9, 9], "r_loss": [0.3, 0.2, 0.1], "kl_loss": [5.0, 6.0, 7.0]}
HELD_OUT = {"val_r_loss": [0.4, 0.3, 0.2], "val_kl_loss": [4.0, 5.0, 6.0]}


def drawn(fig):
    """Return the pixels of the figure."""
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3] / 255


def colors_at(fig, x, y):
    """Return the drawn colour at data coordinates of the first axes."""
    pixels = drawn(fig)
    across, up = fig.axes[0].transData.transform((x, y))
    return pixels[len(pixels) - 1 - int(up), int(across)]


def texts(fig):
    """Return the texts of the axes, in the order in which they were written."""
    return [text.get_text() for text in fig.axes[0].texts]


def assert_nothing_is_cut(fig):
    """Assert that all texts and axes lie inside the figure."""
    drawn(fig)
    box = fig.get_tightbbox()
    width, height = fig.get_size_inches()
    assert box.x0 > -0.01
    assert box.y0 > -0.01
    assert box.x1 < width + 0.01
    assert box.y1 < height + 0.01


def every_figure():
    z = rng.normal(size=(300, 6))
    labels = np.arange(300) % 10
    names = ["Ankle boot"] * 9 + ["T-shirt/top"]
    grid = rng.random((5, 5, 28, 28, 1))
    yield plots.image_grid(GREY, titles=["Ankle boot"] * 7, title="A title")
    yield plots.image_grid(COLOR[:1], title="A title far wider than the one image")
    yield plots.image_rows({f"epoch {i}": GREY for i in (0, 1, 10)} | {"originals": GREY})
    yield plots.reconstructions(GREY, GREY, title="A title")
    yield plots.reconstructions(rng.random((10, 28, 28, 1)), rng.random((10, 28, 28, 1)))
    yield plots.morph_strip({"linear": GREY, "great circle": GREY}, title="A title")
    yield plots.morph_strip(GREY)
    yield plots.manifold_grid(grid, gaussian_grid(5), title="A title")
    yield plots.manifold_grid(grid[:1], gaussian_grid(5), title="A title")
    yield plots.training_history(HISTORY | HELD_OUT | {"elbo": [-200, -150, -100]})
    yield plots.latent_scatter(z, labels, names)
    yield plots.latent_scatter(3 * z[:, :2])
    yield plots.latent_scatter(np.r_[[[-4, 0]], z[1:, :2] / 2], labels, names)
    yield plots.latent_scatter(z[:, :1], labels, names)
    yield plots.latent_scatter(z, labels, names, sigma=np.full_like(z, 0.3))


def test_every_figure_is_complete_and_legible_from_the_last_row():
    for fig in every_figure():
        assert isinstance(fig, Figure)
        assert_nothing_is_cut(fig)
        written = [text for text in fig.findobj(Text) if text.get_text() and text.get_visible()]
        assert min((text.get_fontsize() for text in written), default=14) >= 14


def test_figure_shows_itself_as_png_and_is_freed_with_its_last_reference():
    fig = plots.image_grid(GREY)
    assert Image.open(io.BytesIO(fig._repr_png_())).size == tuple(fig.get_size_inches() * 100)
    forgotten = weakref.ref(fig)
    del fig
    gc.collect()
    assert forgotten() is None


def test_plots_import_neither_pyplot_nor_keras():
    code = (
        "import sys, fidle_vae.figures.plots; "
        "print({'matplotlib.pyplot', 'keras', 'tensorflow'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("images", [GREY, COLOR])
def test_grid_shows_each_image_in_its_row_and_column(images):
    fig = plots.image_grid(images, columns=3)
    for i, shown in enumerate(fig.axes[0].images):
        np.testing.assert_array_equal(shown.get_array().squeeze(), images[i].squeeze())
        left, right, bottom, top = shown.get_extent()
        np.testing.assert_allclose([(left + right) / 2, (bottom + top) / 2], [i % 3, i // 3])
    assert i == 6


@pytest.mark.parametrize("value", [0, 0.5, 1])
def test_grey_is_drawn_white_on_black_on_a_fixed_scale(value):
    fig = plots.image_grid(np.full((1, 8, 8, 1), value))
    np.testing.assert_allclose(colors_at(fig, 0, 0), value, atol=0.01)


def test_colour_images_keep_their_colours():
    fig = plots.image_grid(np.tile([0.2, 0.4, 0.8], (3, 8, 8, 1)))
    np.testing.assert_allclose(colors_at(fig, 1, 0), [0.2, 0.4, 0.8], atol=0.01)


def test_image_pixels_are_square_whatever_the_size():
    for fig in (plots.image_grid(GREY), plots.manifold_grid(np.stack([GREY, GREY]))):
        drawn(fig)
        shown, ax = fig.axes[0].images[0], fig.axes[0]
        left, right, bottom, top = shown.get_extent()
        (x0, y0), (x1, y1) = ax.transData.transform([(left, bottom), (right, top)])
        h, w = shown.get_array().shape
        assert (y1 - y0) / (x1 - x0) == pytest.approx(h / w, rel=0.01)


def test_titles_stand_over_their_images():
    fig = plots.image_grid(GREY, columns=4, titles=np.arange(7), title="Digits")
    assert texts(fig) == list("0123456")
    assert fig.get_suptitle() == "Digits"
    drawn(fig)
    for i, (text, shown) in enumerate(zip(fig.axes[0].texts, fig.axes[0].images, strict=True)):
        box, image = text.get_window_extent(), shown.get_window_extent()
        assert box.x0 >= image.x0
        assert box.x1 <= image.x1
        assert image.y1 <= box.y0
        if i >= 4:
            assert box.y1 <= fig.axes[0].images[i - 4].get_window_extent().y0


def test_rows_stand_in_the_order_of_their_names():
    levels = {"epoch 0": 0.0, "epoch 1": 0.3, "epoch 10": 0.6, "originals": 1.0}
    rows = {name: np.full((5, 8, 8, 1), level) for name, level in levels.items()}
    fig = plots.image_rows(rows, "The same images")
    assert [t.get_text() for t in fig.axes[0].get_yticklabels()] == list(levels)
    for y, level in enumerate(levels.values()):
        np.testing.assert_allclose(colors_at(fig, 4, y), level, atol=0.01)
    assert fig.get_suptitle() == "The same images"


def test_rows_may_have_numbers_for_names():
    fig = plots.image_rows({0: GREY, 10: GREY})
    assert [t.get_text() for t in fig.axes[0].get_yticklabels()] == ["0", "10"]


def test_reconstructions_lie_under_their_originals():
    fig = plots.reconstructions(np.ones((3, 8, 8, 1)), np.zeros((3, 8, 8, 1)))
    assert [t.get_text() for t in fig.axes[0].get_yticklabels()] == ["originals", "reconstructions"]
    np.testing.assert_allclose(colors_at(fig, 2, 0), 1)
    np.testing.assert_allclose(colors_at(fig, 2, 1), 0)
    up = [t.get_window_extent().y0 for t in fig.axes[0].get_yticklabels()]
    assert up[0] > up[1]


def test_morph_goes_from_start_on_the_left_to_end_on_the_right():
    ramp = np.linspace(0, 1, 5)[:, None, None, None] * np.ones((5, 8, 8, 1))
    fig = plots.morph_strip({"up": ramp, "down": ramp[::-1]})
    np.testing.assert_allclose(colors_at(fig, 4, 0), 1)
    np.testing.assert_allclose(colors_at(fig, 4, 1), 0)
    ticks = zip(fig.axes[0].get_xticks(), fig.axes[0].get_xticklabels(), strict=True)
    assert [(x, t.get_text()) for x, t in ticks] == [(0, "start"), (2, "halfway"), (4, "end")]
    assert [t.get_text() for t in fig.axes[0].get_yticklabels()] == ["up", "down"]


def test_originals_stand_in_frames_at_both_ends_of_every_row():
    rows = {"line": np.full((4, 8, 8, 1), 0.5), "circle": np.full((4, 8, 8, 1), 0.7)}
    ends = np.zeros((8, 8, 1)), np.ones((8, 8, 1))
    fig = plots.morph_strip(rows, ends=ends)
    ax = fig.axes[0]
    for y, level in enumerate((0.5, 0.7)):
        shown = [colors_at(fig, x, y)[0] for x in range(6)]
        np.testing.assert_allclose(shown, [0, *[level] * 4, 1], atol=0.01)
    frames = {(round(f.get_x() + f.get_width() / 2), round(f.get_y() + f.get_height() / 2))
              for f in ax.patches}  # fmt: skip
    assert frames == {(0, 0), (5, 0), (0, 1), (5, 1)}
    ticks = zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
    assert [(x, t.get_text()) for x, t in ticks] == [
        (0, "original"), (2.5, "halfway"), (5, "original"),
    ]  # fmt: skip


def test_a_row_may_have_a_name_of_two_lines():
    short, tall = (plots.image_rows({name: GREY}) for name in ("autoencoder", "autoencoder\n42 %"))
    assert tall.axes[0].get_yticklabels()[0].get_text() == "autoencoder\n42 %"
    assert short.get_figwidth() == tall.get_figwidth()


def test_manifold_is_one_picture_with_every_image_in_its_place():
    images = rng.random((4, 4, 28, 20, 1))
    (shown,) = plots.manifold_grid(images).axes[0].images
    assert shown.get_array().shape == (4 * 28, 4 * 20)
    np.testing.assert_array_equal(shown.get_array()[28:56, 60:80], images[1, 3, ..., 0])


def test_lines_part_the_classes_of_a_manifold_and_nothing_else():
    images, classes = np.zeros((3, 3, 8, 8, 1)), [[1, 1, 2], [1, 1, 2], [3, 2, 2]]
    fig = plots.manifold_grid(images, classes=classes)
    borders = {(0.5, 2): "13", (1, 1.5): "12", (1.5, 0): "12", (0, 1.5): "13", (0.5, 1): "11"}
    for (x, y), parted in borders.items():
        expected = (0, 0, 0) if len(set(parted)) == 1 else to_rgb(COLORS[1])
        np.testing.assert_allclose(colors_at(fig, x, y), expected, atol=0.02)
    assert not plots.manifold_grid(images).axes[0].collections


def test_manifold_ticks_rise_to_the_right_and_to_the_top():
    images = np.zeros((5, 5, 8, 8, 1))
    images[0, -1] = 1  # the highest coordinates
    fig = plots.manifold_grid(images, gaussian_grid(5), axis_names=("PC 1", "PC 2"))
    ax = fig.axes[0]
    ticks = dict(zip([t.get_text() for t in ax.get_xticklabels()], ax.get_xticks(), strict=True))
    ups = dict(zip([t.get_text() for t in ax.get_yticklabels()], ax.get_yticks(), strict=True))
    assert list(ticks) == list(ups) == ["−2", "−1", "0", "1", "2"]  # noqa: RUF001
    np.testing.assert_allclose(colors_at(fig, ticks["2"], ups["2"]), 1)
    np.testing.assert_allclose(colors_at(fig, ticks["2"], ups["0"]), 0)
    assert ax.get_xlabel().startswith("PC 1 (")
    assert ax.get_ylabel().startswith("PC 2 (")


@pytest.mark.parametrize("n", [12, 20, 21])
def test_manifold_ticks_stand_where_the_normal_distribution_has_their_values(n):
    ax = plots.manifold_grid(np.zeros((n, n, 2, 2, 1)), gaussian_grid(n)).axes[0]
    for place, text in zip(ax.get_xticks(), ax.get_xticklabels(), strict=True):
        value = float(text.get_text().replace("\N{MINUS SIGN}", "-"))
        column = (norm.cdf(value) - 0.01) / 0.98 * (n - 1)  # as gaussian_grid's docstring says
        assert place == pytest.approx(column, abs=0.2)
        if value == 0:
            assert place == pytest.approx((n - 1) / 2)


def test_ticks_of_an_even_grid_are_round_too():
    ax = plots.manifold_grid(np.zeros((7, 7, 2, 2, 1)), np.linspace(-3, 3, 7)).axes[0]
    assert [text.get_text() for text in ax.get_xticklabels()][3:] == ["0", "1", "2", "3"]
    np.testing.assert_allclose(ax.get_xticks(), range(7))


def test_an_autoencoder_has_neither_circles_nor_a_prior_at_its_axes():
    z = rng.normal(size=(50, 2))
    scatter = plots.latent_scatter(z, np.arange(50) % 3, prior=False).axes[0]
    manifold = plots.manifold_grid(np.zeros((5, 5, 8, 8, 1)), gaussian_grid(5), prior=False).axes[0]
    assert not scatter.lines
    assert [text.get_text() for text in scatter.get_legend().get_texts()] == ["0", "1", "2"]
    for ax in (scatter, manifold):
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("z0", "z1")
    line = plots.latent_scatter(z[:, :1], np.arange(50) % 3, prior=False).axes[0]
    assert (line.get_xlabel(), line.get_legend()) == ("z0", None)


def test_manifold_of_a_line_has_no_vertical_axis():
    fig = plots.manifold_grid(np.zeros((1, 9, 8, 8, 3)), gaussian_grid(9))
    assert len(fig.axes[0].get_xticks()) == 5
    assert len(fig.axes[0].get_yticks()) == 0
    assert fig.axes[0].get_ylabel() == ""


def test_history_has_each_curve_on_its_own_axes_from_epoch_1():
    fig = plots.training_history(HISTORY | HELD_OUT | {"val_elbo": [-3, -2, -1]})
    lines = {
        (ax.get_ylabel(), line.get_label()): line.get_xydata()
        for ax in fig.axes
        for line in ax.lines
    }
    expected = {
        ("r_loss (nats per pixel)", "training"): HISTORY["r_loss"],
        ("r_loss (nats per pixel)", "held-out"): HELD_OUT["val_r_loss"],
        ("kl_loss (nats per image)", "training"): HISTORY["kl_loss"],
        ("kl_loss (nats per image)", "held-out"): HELD_OUT["val_kl_loss"],
        ("elbo (nats per image)", "held-out"): [-3, -2, -1],
    }
    assert lines.keys() == expected.keys()
    for key, values in expected.items():
        np.testing.assert_array_equal(lines[key], np.c_[[1, 2, 3], values])


def test_the_history_of_any_model_has_all_its_metrics_and_a_vaes_loss_is_its_terms():
    of_a_gan = {name: [1, 2] for name in ("d_loss", "g_loss", "loss", "accuracy", "val_accuracy")}
    fig = plots.training_history(of_a_gan | {"learning_rate": [1, 1]})
    titles = [ax.get_title() for ax in fig.axes if ax.axison]
    assert titles == ["D loss", "G loss", "Loss", "Accuracy"]
    assert [len(ax.lines) for ax in fig.axes if ax.axison] == [1, 1, 1, 2]
    fig = plots.training_history(HISTORY | {"loss": [3, 2, 1]})
    assert [ax.get_title() for ax in fig.axes] == ["Reconstruction", "KL to the prior"]


def test_training_and_held_out_differ_by_more_than_colour():
    training, held_out = plots.training_history(HISTORY | HELD_OUT).axes[0].lines
    assert training.get_linestyle() != held_out.get_linestyle()
    assert training.get_marker() != held_out.get_marker()


def test_one_epoch_is_a_visible_mark_at_a_whole_number():
    fig = plots.training_history({"r_loss": [0.3], "kl_loss": [5.0]})
    np.testing.assert_allclose(colors_at(fig, 1, 0.3), to_rgb(COLORS[0]), atol=0.02)
    ticks = [x for x in fig.axes[0].get_xticks() if 0.5 <= x <= 1.5]
    assert ticks == [1]
    assert [t.get_text() for t in fig.legends[0].texts] == ["training"]


def test_scatter_draws_every_code_with_its_class():
    z, labels = rng.normal(size=(50, 2)), np.arange(50) % 3
    ax = plots.latent_scatter(z, labels, ["cat", "dog", "owl"]).axes[0]
    assert len(ax.collections) == 3
    for k, points in enumerate(ax.collections):
        np.testing.assert_array_equal(points.get_offsets(), z[labels == k])
    shown = [t.get_text() for t in ax.get_legend().texts]
    assert shown[:3] == ["cat", "dog", "owl"]
    assert len(shown) == 6  # and three circles


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_scatter_shows_where_new_codes_are_drawn(dims):
    z, draws = rng.normal(size=(50, dims)), rng.normal(9, 1, (20, dims))
    plane = LatentPlane.of_codes(z)
    ax = plots.latent_scatter(z, np.arange(50) % 3, plane=plane, prior=False, draws=draws).axes[0]
    shown = ax.collections[-1]
    assert shown.get_label() == "draws"
    np.testing.assert_allclose(shown.get_offsets()[:, 0], plane.project(draws)[:, 0])
    with pytest.raises(ValueError, match=r"draws must have shape .* got \(20, 7\)"):
        plots.latent_scatter(z, draws=np.zeros((20, 7)))


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_clouds_reach_2_sigma_around_their_codes_in_the_colours_of_their_classes(dims):
    z, sigma = rng.normal(size=(50, dims)), rng.uniform(0.1, 0.5, (50, dims))
    plane = LatentPlane.of_codes(z)
    ax = plots.latent_scatter(z, np.arange(50) % 3, plane=plane, sigma=sigma).axes[0]
    (clouds,) = (shape for shape in ax.collections if isinstance(shape, PolyCollection))
    assert len(clouds.get_paths()) == 50
    for code, width, cloud in zip(plane.project(z), sigma, clouds.get_paths(), strict=True):
        away = (cloud.vertices - np.resize(code, 2))[:, : len(code)]
        covariance = plane.axes * width**2 @ plane.axes.T
        distances = np.sqrt(np.sum(away @ np.linalg.inv(covariance) * away, axis=1))
        assert distances.max() == pytest.approx(2)
        assert dims == 1 or distances.min() == pytest.approx(2)
    np.testing.assert_array_equal(
        clouds.get_facecolor()[:3, :3],
        [points.get_facecolor()[0, :3] for points in ax.collections[:3]],
    )
    plots.latent_scatter(z, sigma=np.zeros_like(z))  # points, as an autoencoder's
    with pytest.raises(ValueError, match=r"sigma must have the shape of the codes, .* got \(50,\)"):
        plots.latent_scatter(z, sigma=sigma[:, 0])


def test_a_class_keeps_its_colour_when_others_are_absent():
    z = rng.normal(size=(50, 2))
    few = plots.latent_scatter(z, np.full(50, 4)).axes[0].collections[0]
    all_ = plots.latent_scatter(z, np.arange(50) % 10).axes[0].collections[4]
    np.testing.assert_array_equal(few.get_facecolor(), all_.get_facecolor())


def test_ten_classes_have_ten_colours_and_ten_markers():
    ax = plots.latent_scatter(rng.normal(size=(50, 2)), np.arange(50) % 10).axes[0]
    assert len({tuple(p.get_facecolor()[0]) for p in ax.collections}) == 10
    assert len({p.get_paths()[0].vertices.tobytes() for p in ax.collections}) == 10


def test_class_name_stands_at_the_median_with_a_white_outline():
    z = np.r_[rng.normal(size=(50, 2)), rng.normal(size=(50, 2)) + 8]
    first, second = plots.latent_scatter(z, np.arange(100) // 50, ["a", "b"]).axes[0].texts
    np.testing.assert_allclose(first.get_position(), np.median(z[:50], axis=0))
    np.testing.assert_allclose(second.get_position(), np.median(z[50:], axis=0))
    assert first.get_path_effects()


def test_names_of_a_collapsed_encoder_do_not_overlap():
    names = [f"class name {k}" for k in range(10)]
    fig = plots.latent_scatter(rng.normal(size=(100, 2)) / 100, np.arange(100) % 10, names)
    drawn(fig)
    boxes = [text.get_window_extent() for text in fig.axes[0].texts]
    assert len(boxes) == 10
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_prior_circles_have_radius_1_2_3_on_equal_axes():
    z = rng.normal(size=(50, 2)) * [1, 9]
    fig = plots.latent_scatter(z)
    drawn(fig)
    ax = fig.axes[0]
    for sigma, line in zip((1, 2, 3), ax.lines, strict=True):
        np.testing.assert_allclose(np.linalg.norm(line.get_xydata(), axis=1), sigma)
    (x0, y0), (x1, y1) = ax.transData.transform([(0, 0), (1, 1)])
    assert x1 - x0 == pytest.approx(y1 - y0)
    assert ax.viewLim.x0 < z[:, 0].min()
    assert ax.viewLim.y1 > z[:, 1].max()


def test_prior_is_centred_where_the_plane_sees_0():
    z = rng.normal(size=(50, 6)) + 4
    plane = LatentPlane.of_pca(z)
    ax = plots.latent_scatter(z, plane=plane).axes[0]
    np.testing.assert_array_equal(ax.collections[0].get_offsets(), plane.project(z))
    circle = ax.lines[0].get_xydata()[:-1]
    np.testing.assert_allclose(
        np.linalg.norm(circle - plane.axes @ -plane.origin, axis=1), 1, atol=1e-9
    )
    assert ax.get_xlabel().startswith("PC 1 (")


def test_codes_on_a_line_have_a_row_per_class():
    z, labels = rng.normal(size=(60, 1)), 2 * (np.arange(60) % 3)
    ax = plots.latent_scatter(z, labels, list("abcde")).axes[0]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["a", "c", "e"]
    for row, points in enumerate(ax.collections):
        x, y = points.get_offsets().T
        np.testing.assert_array_equal(x, z[labels == 2 * row, 0])
        np.testing.assert_array_equal(y.round(), row)
    assert sorted(line.get_xdata()[0] for line in ax.lines) == [-3, -2, -1, 1, 2, 3]
    assert ax.yaxis_inverted()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.image_grid(GREY[:0]), r"images .* not empty.* got \(0, 28, 20, 1\)"),
        (lambda: plots.image_grid(GREY[..., 0]), r"images .*\(7, 28, 20\): .*\[\.\.\., None\]"),
        (lambda: plots.image_grid(GREY[..., [0, 0]]), r"c = 1 or 3 .*\(7, 28, 20, 2\)"),
        (lambda: plots.image_grid(GREY * 255), r"images must lie in \[0, 1\].*255"),
        (lambda: plots.image_grid(GREY * np.nan), r"images must lie in \[0, 1\].*nan"),
        (lambda: plots.image_grid(GREY, columns=0), "columns must be at least 1, got 0"),
        (lambda: plots.image_grid(GREY, titles=["a"]), "titles must hold 7 .* got 1"),
        (lambda: plots.image_rows([GREY]), "rows must be a dict .* got list: image_grid"),
        (lambda: plots.image_rows({"epoch 0": GREY[0]}), "epoch 0 must have shape"),
        (lambda: plots.reconstructions(GREY, GREY[:3]), r"one shape.*\(7, .*\(3, "),
        (lambda: plots.reconstructions(GREY, GREY[0]), r"reconstructions must have shape"),
        (
            lambda: plots.morph_strip(GREY, ends=(GREY[0],)),
            r"ends must be two images .* got images of shape \[\(28, 20, 1\)\]",
        ),
        (
            lambda: plots.morph_strip(GREY, ends=(GREY[0], GREY[0, ..., 0])),
            r"shape \(28, 20, 1\) like .* \(28, 20\)\]: give \(x_test\[i\]",
        ),
        (lambda: plots.morph_strip({}), "rows of images must be one or more.* got {}"),
        (lambda: plots.manifold_grid(GREY), r"images .*\(rows, columns, h, w, c\)"),
        (lambda: plots.manifold_grid(GREY[None], classes=[1, 2]), r"classes .*\(1, 7\).* \(2,\)"),
        (lambda: plots.manifold_grid(GREY[None], [0, 1]), "latent_grid .* got 2 for 1 rows and 7"),
        (
            lambda: plots.manifold_grid(np.stack([GREY] * 2), range(7)),
            "latent_grid .* 2 rows and 7",
        ),
        (lambda: plots.training_history({"learning_rate": [1]}), r"one value.*\['learning_rate'\]"),
        (lambda: plots.training_history([1]), "history must be a dict .* got list"),
        (lambda: plots.training_history({"r_loss": [], "kl_loss": []}), "one value per epoch"),
        (lambda: plots.training_history(HISTORY | {"val_r_loss": [1]}), "'val_r_loss': 1"),
        (lambda: plots.latent_scatter(np.ones(3)), r"z must .* got shape \(3,\)"),
        (lambda: plots.latent_scatter(np.full((3, 2), np.nan)), "z must .* 6 not finite"),
        (lambda: plots.latent_scatter(np.ones((3, 2)), [0, 1]), r"labels .* \(3,\).*\(2,\)"),
        (lambda: plots.latent_scatter(np.ones((2, 2)), [0.0, 1]), "labels .* float64"),
        (lambda: plots.latent_scatter(np.ones((2, 2)), [0, -1]), "labels .* from 0"),
        (
            lambda: plots.latent_scatter(np.ones((2, 2)), [0, 2], ["a"]),
            "class_names must have 3 names, got 1",
        ),
    ],
)
def test_bad_input_raises_and_names_the_value(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_where_many_codes_lie_in_one_place_every_class_is_seen():
    z, labels = rng.normal(0, 0.3, (20_000, 2)), np.arange(20_000) % 10
    fig = plots.latent_scatter(z, labels)
    drawn(fig)
    colors = [tuple(points.get_facecolor()[0]) for points in fig.axes[0].collections]
    assert len(set(colors[-10:])) == 10  # the codes drawn last: some of each class
    last = sum(len(points.get_offsets()) for points in fig.axes[0].collections[-10:])
    assert 500 < last < 2_000
    assert sum(len(points.get_offsets()) for points in fig.axes[0].collections) == 20_000
    assert len(fig.axes[0].get_legend().get_texts()) == 13  # ten classes and three circles
