import numpy as np
import pytest

from fidle_vae.figures import charts
from fidle_vae.figures.maps import compare_maps

rng = np.random.default_rng(0)


def test_each_map_has_axes_of_its_own_with_its_title_and_all_points():
    labels = rng.integers(0, 3, 60)
    maps = {"small": rng.normal(size=(60, 2)), "large": 100 * rng.normal(size=(60, 2))}
    fig = compare_maps(maps, labels, ("a", "b", "c"))
    assert [ax.get_title() for ax in fig.axes] == ["small", "large"]
    for ax, points in zip(fig.axes, maps.values(), strict=True):
        drawn = np.concatenate([dots.get_offsets() for dots in ax.collections])
        assert sorted(map(tuple, drawn)) == sorted(map(tuple, points))
        assert {text.get_text() for text in ax.texts} == {"a", "b", "c"}


def test_a_map_with_another_number_of_points_is_named():
    with pytest.raises(ValueError, match=r"map 'a' must have shape \(3, 2\).*\(2, 2\)"):
        compare_maps({"a": np.zeros((2, 2))}, [0, 1, 2])


def test_curves_go_through_the_values_and_name_the_sizes():
    (ax,) = charts.curves([1, 8, 64], {"a": [3, 2, 1], "b": [4, 2, 0]}, "size", "error").axes
    assert [list(line.get_ydata()) for line in ax.lines] == [[3, 2, 1], [4, 2, 0]]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "8", "64"]


def test_bars_are_as_long_as_the_shares_and_say_them():
    (ax,) = charts.bars({"real": 0.9, "drawn": 0.25}, "share").axes
    assert [bar.get_width() for bar in ax.patches] == [0.9, 0.25]
    assert [text.get_text() for text in ax.texts] == ["90 %", "25 %"]


def test_a_histogram_gives_each_set_the_sum_1():
    (ax,) = charts.histograms({"a": rng.random(100), "b": 5 * rng.random(30)}, "distance").axes
    heights = [bar.get_height() for bar in ax.patches]
    assert np.sum(heights[:50]) == pytest.approx(1)
    assert np.sum(heights[50:]) == pytest.approx(1)
