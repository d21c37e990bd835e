import itertools

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.legend import Legend
from matplotlib.text import Text

from fidle_vae.figures.comparison import Comparison, compare_models
from fidle_vae.models.latent_space import LatentPlane

rng = np.random.default_rng(0)
LABELS = np.arange(200) % 10
GRID = rng.random((6, 6, 8, 8, 1))
NUMBERS = {
    "r_loss": 0.20747,
    "kl_loss": 6.7212,
    "ELBO": -150.14,
    "beta": 0.78431,
    "active dims": 2,
    "k-NN": "81.2 %",
}


def model(
    name="k2 = 0.001", spread=1.0, d=2, labels=LABELS, manifold=GRID, numbers=NUMBERS, **rest
):
    z = spread * rng.normal(size=(200, d))
    return Comparison(name, z, labels, manifold, numbers, **rest)


MODELS = [model("k2 = 0", 30), model("k2 = 0.0005", 1.5), model(), model("k2 = 0.1", 0.01)]


def drawn(fig):
    fig.draw_without_rendering()
    return fig


def scatters(fig):
    return [ax for ax in fig.axes if any(isinstance(c, PathCollection) for c in ax.collections)]


def pictures(fig):
    return [ax for ax in fig.axes if ax.images]


def written(fig):
    """Return every visible text of the figure, {text: its places, from left to right}."""
    found = {}
    for text in fig.findobj(Text):
        if text.get_text() and text.get_visible():
            box = Text.get_window_extent(text)
            found.setdefault(text.get_text(), []).append((box.x0 + box.x1) / 2)
    return {text: sorted(places) for text, places in found.items()}


def middle(ax):
    box = ax.get_window_extent()
    return (box.x0 + box.x1) / 2


def ticks_out_of_view(fig):
    """Return the tick labels that matplotlib keeps but does not draw."""
    hidden = set()
    for axis in itertools.chain(*((ax.xaxis, ax.yaxis) for ax in fig.axes)):
        low, high = sorted(axis.get_view_interval())
        ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
        seen = axis.axes.axison
        hidden |= {text for place, text in ticks if not (seen and low <= place <= high)}
    return hidden


def every_comparison():
    names = ["Ankle boot"] * 9 + ["T-shirt/top"]
    wide = model("a model with quite a long name", 20, d=6)
    yield compare_models(MODELS)
    yield compare_models(MODELS, names, "A title")
    yield compare_models(MODELS[:1], names, "A title that is far wider than one model with numbers")
    yield compare_models([wide, wide._replace(plane=LatentPlane.of_pca(wide.z))], names)
    yield compare_models([model(d=1, manifold=GRID[:1])] * 3, names)
    yield compare_models([model(labels=None, numbers={})])


def test_every_figure_is_complete_and_legible_from_the_last_row():
    for fig in every_comparison():
        box, (width, height) = drawn(fig).get_tightbbox(), fig.get_size_inches()
        assert min(box.x0, box.y0) > -0.01
        assert box.x1 < width + 0.01
        assert box.y1 < height + 0.01
        seen = [text for text in fig.findobj(Text) if text.get_text() and text.get_visible()]
        assert min(text.get_fontsize() for text in seen) >= 16


def test_no_two_texts_overlap():
    for fig in every_comparison():
        hidden = ticks_out_of_view(drawn(fig))
        texts = [text for text in fig.findobj(Text) if text.get_text() and text.get_visible()]
        seen = [text for text in texts if text not in hidden]
        x0, y0, x1, y1 = np.array([Text.get_window_extent(text).extents for text in seen]).T
        across = (x0[:, None] < x1) & (x0 < x1[:, None])
        up = (y0[:, None] < y1) & (y0 < y1[:, None])
        pairs = np.argwhere(np.triu(across & up, 1))
        assert not [(seen[a].get_text(), seen[b].get_text()) for a, b in pairs]


def test_a_model_has_its_codes_its_grid_and_its_numbers_in_one_column():
    fig = drawn(compare_models(MODELS))
    for k, (ax, picture) in enumerate(zip(scatters(fig), pictures(fig), strict=True)):
        assert ax.get_title() == MODELS[k].name
        shown = np.concatenate([points.get_offsets() for points in ax.collections])
        np.testing.assert_allclose(np.sort(shown, axis=0), np.sort(MODELS[k].z, axis=0))
        assert picture.images[0].get_array().shape == (48, 48)
        assert middle(picture) == pytest.approx(middle(ax))
        assert written(fig)["0.2075"][k] == pytest.approx(middle(ax), abs=1)


def test_pictures_go_from_left_to_right_in_the_order_of_the_models():
    grids = [np.full((2, 2, 4, 4, 1), level) for level in (0.1, 0.5, 0.9)]
    fig = drawn(compare_models([model(manifold=grid) for grid in grids]))
    shown = sorted(pictures(fig), key=middle)
    assert [ax.images[0].get_array()[0, 0] for ax in shown] == [0.1, 0.5, 0.9]


def test_each_kind_of_number_has_its_own_format():
    fig = compare_models([model()])
    expected = {"0.2075", "6.72", "−150.1", "0.784", "2", "81.2 %"}  # noqa: RUF001
    assert expected | set(NUMBERS) <= set(written(fig))


def test_numbers_of_one_row_have_as_many_decimals():
    rows = [{"kl_loss": 180.723, "beta": 0}, {"kl_loss": np.float32(0.0006), "beta": 78.4}]
    fig = compare_models([model(numbers=numbers) for numbers in rows])
    assert {"180.7", "0.0", "78.4", "0"} <= set(written(fig))


def test_a_number_that_a_model_lacks_is_a_dash_in_its_column():
    fig = drawn(
        compare_models([model(numbers={"a": 31}), model(numbers={"b": 37, "a": np.int64(33)})])
    )
    left, right = map(middle, scatters(fig))
    places = {text: written(fig)[text][0] for text in ("31", "33", "37", "\N{EN DASH}")}
    assert places["\N{EN DASH}"] == pytest.approx(left, abs=1)
    assert places["37"] == pytest.approx(right, abs=1)
    assert places["31"] == pytest.approx(left, abs=1)
    assert places["33"] == pytest.approx(right, abs=1)


def test_names_of_the_numbers_stand_at_the_left_of_all_columns():
    fig = drawn(compare_models(MODELS))
    for name in NUMBERS:
        (place,) = written(fig)[name]
        assert place < scatters(fig)[0].get_window_extent().x0


def test_each_class_and_each_circle_has_one_entry_for_the_whole_figure():
    few = model(labels=LABELS % 3)
    fig = compare_models([few, model(), model(labels=None)], [f"class {k}" for k in range(10)])
    entries = [text.get_text() for legend in fig.findobj(Legend) for text in legend.get_texts()]
    assert sorted(entries) == sorted(
        [f"class {k}" for k in range(10)]
        + [f"prior, {k}\N{GREEK SMALL LETTER SIGMA}" for k in (1, 2, 3)]
    )


def test_a_class_has_the_same_colour_in_every_column():
    first, second = scatters(compare_models([model(), model(labels=np.full(200, 4))]))
    np.testing.assert_array_equal(
        first.collections[4].get_facecolor(), second.collections[0].get_facecolor()
    )


def test_every_scatter_is_square_round_the_prior_and_shows_its_circles_and_all_codes():
    for ax, model_ in zip(scatters(drawn(compare_models(MODELS))), MODELS, strict=True):
        (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
        assert (x0 + x1, y0 + y1) == pytest.approx((0, 0))
        assert x1 == pytest.approx(y1)
        assert x1 >= 3.5
        assert x1 > np.abs(model_.z).max()
        radii = [np.linalg.norm(line.get_xydata()[0]) for line in ax.lines]
        np.testing.assert_allclose(radii, [1, 2, 3])
        box = ax.get_window_extent()
        assert box.width == pytest.approx(box.height)


def test_collapsed_codes_do_not_shrink_the_view():
    ax = scatters(compare_models([model(spread=0.01)]))[0]
    assert ax.get_xlim() == ax.get_ylim() == (-3.5, 3.5)


def test_where_the_prior_is_a_dot_it_is_named():
    far, near = scatters(compare_models([model(spread=30), model()]))
    (note,) = far.texts
    assert note.get_text() == "prior"
    np.testing.assert_array_equal(note.xy, [0, 0])
    assert not near.texts


def test_each_model_may_be_seen_in_its_own_plane():
    z = rng.normal(size=(200, 6)) * [1, 1, 9, 1, 1, 4]
    plane = LatentPlane.of_pca(z)
    models = [model(), Comparison("d = 6", z, LABELS, GRID, {}, plane)]
    first, second = scatters(compare_models(models))
    shown = np.concatenate([points.get_offsets() for points in second.collections])
    np.testing.assert_allclose(np.sort(shown, axis=0), np.sort(plane.project(z), axis=0))
    assert [ax.get_ylabel()[:4] for ax in (first, second)] == ["z1 (", "PC 2"]


def test_axes_that_all_models_share_are_named_once():
    assert [bool(ax.get_ylabel()) for ax in scatters(compare_models(MODELS))] == [1, 0, 0, 0]


def test_codes_on_a_line_and_a_grid_of_one_row_are_drawn():
    fig = drawn(compare_models([model(d=1, manifold=GRID[:1]), model()]))
    line, plane = scatters(fig)
    assert {ax.get_xlabel() for ax in (line, plane)} == {
        "z0 (\N{GREEK SMALL LETTER SIGMA} of the prior)"
    }
    assert sorted(x.get_xdata()[0] for x in line.lines) == [-3, -2, -1, 1, 2, 3]
    for k, points in enumerate(line.collections):
        np.testing.assert_array_equal(points.get_offsets()[:, 1].round(), k)
    strip, square = (ax.images[0].get_window_extent() for ax in pictures(fig))
    assert strip.width == pytest.approx(square.width)
    assert strip.width / strip.height == pytest.approx(6)


def test_grids_of_one_row_take_no_more_height_than_they_need():
    strips, squares = (compare_models([model(manifold=grid)]) for grid in (GRID[:1], GRID))
    assert strips.get_figheight() < squares.get_figheight() - 1


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ([], r"models must be one Comparison or more, got \[\]"),
        (["a"], r"models must be .* got \['str'\]: give \[Comparison"),
        ([model(manifold=GRID[0])], r"manifold of 'k2 = 0.001' must .* \(rows, columns, h, w, c\)"),
        ([model(manifold=GRID * 9)], r"manifold of 'k2 = 0.001' must lie in \[0, 1\]"),
        ([model("a", spread=np.nan)], "z of 'a' must hold finite codes .* 400 not finite"),
        ([model(labels=LABELS[:3])], r"labels .*\(200,\), got .*\(3,\)"),
    ],
)
def test_bad_input_raises_and_names_the_value(models, message):
    with pytest.raises(ValueError, match=message):
        compare_models(models)


def test_a_name_of_two_lines_keeps_them():
    fig = drawn(compare_models([model("k2 = 0\nno prior")]))
    assert "k2 = 0\nno prior" in {text.get_text() for text in fig.findobj(Text)}
