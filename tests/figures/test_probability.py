import numpy as np
import pytest

from fidle_vae.figures import probability

rng = np.random.default_rng(0)


def test_tables_say_each_number_and_name_rows_and_columns():
    table = np.array([[0.2, 0.05, 0.05], [0.1, 0.2, 0.4]])
    fig = probability.tables({"joint": table, "other": table}, ["a", "b"], ["x", "y", "z"])
    assert [ax.get_title() for ax in fig.axes] == ["joint", "other"]
    for ax in fig.axes:
        assert [text.get_text() for text in ax.texts] == [f"{each:.2f}" for each in table.flat]
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["x", "y", "z"]
    rows = [[tick.get_text() for tick in ax.get_yticklabels()] for ax in fig.axes]
    assert rows == [["a", "b"], ["", ""]]


def test_differences_are_marked_where_they_are_from_and_share_their_colours():
    maps = {"one": rng.normal(size=(6, 5)), "two": rng.normal(size=(6, 5))}
    fig = probability.differences(maps, [(1, 2), (4, 3)])
    for ax, each, (row, column) in zip(fig.axes, maps.values(), [(1, 2), (4, 3)], strict=False):
        (image,), (mark,) = ax.images, ax.lines
        np.testing.assert_array_equal(image.get_array(), each)
        assert image.get_clim() == (-0.5, 0.5)
        assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (column, row)


def test_the_regions_of_classes_have_their_border_where_the_class_changes():
    points = rng.uniform(-2, 2, (200, 2))
    labels = (points[:, 0] > 0.5).astype(int)
    fig = probability.class_regions(
        lambda places: (places[:, 0] > 0.5).astype(int), points, labels, ["left", "right"]
    )
    reach = np.abs(points).max()
    for ax, times in zip(fig.axes, (1, 4), strict=True):
        assert ax.get_xlim() == pytest.approx((-times * reach, times * reach))
        (border,) = [each for each in ax.collections if hasattr(each, "levels")]
        corners = np.concatenate([path.vertices for path in border.get_paths()])
        assert corners[:, 0] == pytest.approx(0.5, abs=0.03 * times)
    assert [ax.get_title() for ax in fig.axes] == ["the codes", "4 times as far"]
    assert {text.get_text() for text in fig.axes[0].texts} >= {"left", "right"}


def test_errors_stand_beside_the_law_of_the_root():
    (ax,) = probability.convergence([100, 400], [8.0, 4.2]).axes
    assert [list(line.get_ydata()) for line in ax.lines] == [[8.0, 4.2], [8.0, 4.0]]
    assert ax.get_xscale() == ax.get_yscale() == "log"
