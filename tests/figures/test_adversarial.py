import numpy as np
import pytest
from matplotlib.colors import to_rgba

from fidle_vae.data.gaussian_blobs import ring
from fidle_vae.figures import adversarial

X = np.linspace(-5, 5, 101)
P, Q = np.exp(-((X - 1) ** 2)), np.exp(-((X + 1) ** 2))


def test_a_classifier_stands_below_both_densities_beside_the_best_one():
    above, below = adversarial.classifier(X, (P, Q), P / (P + Q), np.full(101, 0.3)).axes
    assert [text.get_text() for text in above.texts] == ["p, real", "q, drawn"]
    lines = {line.get_label(): line.get_ydata() for line in below.lines}
    np.testing.assert_array_equal(lines["D, trained"], np.full(101, 0.3))
    np.testing.assert_array_equal(lines["p / (p + q)"], P / (P + Q))
    tops = [X[np.nanargmax(line.get_ydata())] for line in above.lines]
    assert tops == pytest.approx([1, -1])
    assert [line.get_color() for line in above.lines] == [adversarial.REAL, adversarial.DRAWN]


def test_the_losses_of_a_generator_have_the_slopes_of_their_curves():
    left, right = adversarial.generator_losses().axes
    for loss, slope in zip(left.lines, right.lines[:2], strict=True):
        logits = right.lines[0].get_xdata()
        found = np.gradient(loss.get_ydata(), logits)
        np.testing.assert_allclose(slope.get_ydata()[5:-5], np.abs(found)[5:-5], atol=0.02)


def test_panels_of_the_same_lines_share_one_legend_and_others_have_their_own():
    same = {"a": ([1, 2], [3, 4]), "b": ([1, 2], [5, 6])}
    fig = adversarial.line_panels({"one": same, "two": same}, "step", log=["two"])
    assert [ax.get_legend() for ax in fig.axes] == [None, None]
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["a", "b"]
    assert [ax.get_yscale() for ax in fig.axes] == ["linear", "log"]
    other = {"c": ([1, 2], [1, 1]), "d": ([1, 2], [2, 2])}
    fig = adversarial.line_panels({"one": same, "two": other}, "step", {"two": {"top": 2.0}})
    legend = fig.axes[1].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["c", "d"]
    assert [text.get_text() for text in fig.axes[1].texts] == ["top"]
    assert list(fig.axes[1].lines[2].get_ydata()) == [2, 2]


def test_a_line_that_no_legend_names_has_a_colour_of_its_own():
    both = {"a": ([1, 2], [3, 4]), "b": ([1, 2], [5, 6])}
    left, right = adversarial.line_panels({"one": both, "two": {"": ([1], [3])}}, "step").axes
    assert right.lines[0].get_color() not in [line.get_color() for line in left.lines]


def test_a_bar_of_no_length_is_written_as_0():
    table = {"never": {"own": 0.2, "other": 0.1}, "early": {"own": 0.0, "other": 0.0}}
    (ax,) = adversarial.moves(table, "distance").axes
    assert [bar.get_width() for bar in ax.patches] == [0.2, 0.0, 0.1, 0.0]
    assert [text.get_text() for text in ax.texts] == ["0.2", "0", "0.1", "0"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["never", "early"]


def test_points_stand_around_the_centres_of_their_modes():
    points = np.random.default_rng(0).normal(size=(20, 2))
    fig = adversarial.point_panels({"one": points, "two": -points}, ring(8), columns=3)
    for ax, expected in zip(fig.axes, (points, -points), strict=False):
        centres, drawn = ax.collections
        np.testing.assert_allclose(centres.get_offsets(), ring(8))
        np.testing.assert_allclose(drawn.get_offsets(), expected)
        assert ax.get_xlim() == (-3, 3)
    assert [ax.get_title() for ax in fig.axes] == ["one", "two", ""]
    assert not fig.axes[2].axison


def test_what_is_said_is_blue_for_real_orange_for_drawn_and_white_between():
    says = adversarial.SAYS
    assert says(1.0) == pytest.approx(to_rgba(adversarial.REAL))
    assert says(0.0) == pytest.approx(to_rgba(adversarial.DRAWN))
    assert says(0.5) == pytest.approx((1, 1, 1, 1))
