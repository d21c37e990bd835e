import numpy as np
import pytest
from matplotlib.text import Text

from fidle_vae.figures import charts

rng = np.random.default_rng(0)


def test_curves_go_through_the_values_and_name_the_sizes():
    (ax,) = charts.curves([1, 8, 64], {"a": [3, 2, 1], "b": [4, 2, 0]}, "size", "error").axes
    assert [list(line.get_ydata()) for line in ax.lines] == [[3, 2, 1], [4, 2, 0]]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "8", "64"]


def test_curves_start_from_0_and_hide_nothing_below_it():
    (ax,) = charts.curves([1, 2], {"a": [3, 2]}, "size", "error").axes
    assert ax.get_ylim()[0] == 0
    (ax,) = charts.curves([1, 2], {"a": [-0.4, 1]}, "size", "correlation").axes
    assert ax.get_ylim()[0] < -0.4


def test_bars_are_as_long_as_the_shares_and_say_them():
    (ax,) = charts.bars({"real": 0.9, "drawn": 0.25}, "share").axes
    assert [bar.get_width() for bar in ax.patches] == [0.9, 0.25]
    assert [text.get_text() for text in ax.texts] == ["90 %", "25 %"]


def test_amounts_are_as_long_as_they_say():
    (ax,) = charts.amounts({"coins": 543.4, "chain": 104.0, "few": 0.26}, "nats").axes
    assert [bar.get_width() for bar in ax.patches] == [543.4, 104.0, 0.26]
    assert [text.get_text() for text in ax.texts] == ["543", "104", "0.3"]


def test_a_histogram_gives_each_set_the_sum_1():
    (ax,) = charts.histograms({"a": rng.random(100), "b": 5 * rng.random(30)}, "distance").axes
    heights = [bar.get_height() for bar in ax.patches]
    assert np.sum(heights[:50]) == pytest.approx(1)
    assert np.sum(heights[50:]) == pytest.approx(1)


def test_metrics_stand_apart_over_equally_spaced_settings():
    values = {"r_loss": [0.2, 0.1, 0.3], "kl_loss": [9, 4, 0.1], "classes that survive": [1, 2, 3]}
    fig = charts.metrics_by([0, 0.5, "max"], values, "weight", columns=2)
    axes = [ax for ax in fig.axes if ax.axison]
    assert [ax.get_title() for ax in axes] == [
        "Reconstruction", "KL to the prior", "Classes that survive",
    ]  # fmt: skip
    assert [ax.get_ylabel() for ax in axes] == ["nats per pixel", "nats per image", ""]
    for ax, each in zip(axes, values.values(), strict=True):
        np.testing.assert_array_equal(ax.lines[0].get_xydata(), np.c_[range(3), each])
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0", "0.5", "max"]
    assert [ax.get_xlabel() for ax in axes] == ["", "weight", "weight"]  # the lowest of a column


def test_counts_have_whole_numbers_at_their_axis():
    (ax,) = charts.metrics_by([0, 1, 2], {"active dimensions": [2, 1, 0]}, "weight").axes
    assert all(float(tick).is_integer() for tick in ax.get_yticks())


def test_a_metric_over_many_powers_of_ten_has_a_logarithmic_axis_unless_it_reaches_0():
    values = {"kl_loss": [180.0, 5.0, 0.004], "loss": [180.0, 5.0, 0.0], "r_loss": [0.3, 0.2, 0.1]}
    fig = charts.metrics_by([0, 1, 2], values, "weight")
    assert [ax.get_yscale() for ax in fig.axes] == ["log", "linear", "linear"]


def test_long_settings_do_not_touch_each_other():
    settings = ["0", "0.078", "0.78", "3.9", "7.8", "78"]
    fig = charts.metrics_by(settings, dict.fromkeys("abc", range(6)), "weight")
    fig.draw_without_rendering()
    for ax in fig.axes:
        corners = [text.get_window_extent() for text in ax.get_xticklabels()]
        heights = [box.height for box in corners]
        assert max(heights) > 1.5 * min(heights)  # the longer ones are turned


def test_a_metric_with_another_number_of_values_is_named():
    with pytest.raises(ValueError, match=r"2 values each, .* got 1 for 'b'"):
        charts.metrics_by([0, 1], {"a": [1, 2], "b": [1]}, "weight")


def test_metrics_are_legible_from_the_last_row_and_nothing_is_cut():
    values = {name: rng.random(7) for name in ("r_loss", "kl_loss", "elbo", "classes that survive")}
    fig = charts.metrics_by([0, 0.2, 0.8, 2, 5, 20, 80], values, "beta, the weight of the KL")
    fig.draw_without_rendering()
    box, (width, height) = fig.get_tightbbox(), fig.get_size_inches()
    assert min(box.x0, box.y0, width - box.x1, height - box.y1) > -0.01
    sizes = [text.get_fontsize() for text in fig.findobj(Text) if text.get_text()]
    assert min(sizes) * 1280 / (72 * width) > 24  # pixels, where the figure fills a slide
