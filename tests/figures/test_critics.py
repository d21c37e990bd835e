import numpy as np
import pytest

from fidle_vae.figures import critics

LINE = np.linspace(-3, 3, 31)
DENSITIES = np.exp(-(LINE**2)), np.exp(-((LINE - 1) ** 2))


def test_two_distances_are_drawn_over_the_same_shifts():
    left, right = critics.two_distances(LINE, DENSITIES, [0, 1], {"a": [0, 2], "b": [0, 1]}).axes
    assert [line.get_label() for line in right.lines] == ["a", "b"]
    assert list(right.lines[0].get_ydata()) == [0, 2]
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["real", "generated"]


def test_what_a_critic_measures_stands_beside_the_truth():
    said = {"one": 3 * LINE, "two": LINE}
    values = {"one": [2, 5], "two": [1, 2]}
    left, right = critics.critics_on_a_line(LINE, DENSITIES, said, [0, 3], [2, 4], values).axes
    truth, one, two = right.lines
    assert [list(truth.get_xdata()), list(truth.get_ydata())] == [[0, 3], [2, 4]]
    assert [list(one.get_ydata()), list(two.get_ydata())] == [[2, 5], [1, 2]]
    assert [line.get_label() for line in left.lines] == ["one", "two"]
    highest = max(area.get_paths()[0].vertices[:, 1].max() for area in left.collections)
    assert highest < min(map(np.min, said.values()))  # the densities are below the curves


def test_weights_have_a_histogram_each_whose_bars_add_up_to_1():
    rng = np.random.default_rng(0)
    weights = {"clipped": rng.choice([-0.1, 0.1], 50), "free": rng.normal(size=200)}
    axes = critics.weights_held(weights).axes
    assert [ax.get_title(loc="left") for ax in axes] == list(weights)
    for ax in axes:
        assert sum(bar.get_height() for bar in ax.patches) == pytest.approx(1)


def test_each_training_is_a_dot_and_their_median_a_mark():
    distances = {"a": [4.0, 9.0, 5.0], "b": [20.0, 30.0, 90.0]}
    fig = critics.trials(distances, {"a": [9, 10, 9.5], "b": [3, 5, 4]}, 0.5, 10)
    left, right = fig.axes
    names = [text.get_text() for text in fig.legends[0].get_texts()]
    assert names == ["a training", "their median"]
    dots = [line for line in left.lines if line.get_marker() == "o"]
    assert [list(each.get_xdata()) for each in dots] == list(distances.values())
    medians = [line.get_xdata()[0] for line in left.lines if line.get_marker() == "|"]
    assert medians == [5, 30]
    assert [tick.get_text() for tick in left.get_yticklabels()] == ["a", "b"]
    dotted = [line.get_xdata()[0] for ax in (left, right) for line in ax.lines
              if line.get_linestyle() == ":"]  # fmt: skip
    assert dotted == [0.5, 10]
    assert left.get_xscale() == "log"


def test_distances_beyond_the_limit_are_shaded_where_there_are_any():
    distances, classes = {"a": [4.0, 9.0], "b": [20.0, 30.0]}, {"a": [9, 10], "b": [3, 5]}
    left = critics.trials(distances, classes, 0.5, 10, limit=15.0).axes[0]
    assert left.patches[0].get_x() == 15
    assert [text.get_text().strip() for text in left.texts] == ["failed"]
    assert not critics.trials(distances, classes, 0.5, 10, limit=50.0).axes[0].patches
