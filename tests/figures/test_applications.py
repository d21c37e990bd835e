import numpy as np
import pytest

from fidle_vae.figures import applications

rng = np.random.default_rng(0)


def test_the_table_writes_each_auc_in_its_cell():
    table = {"ones": {"ELBO": 0.14, "code distance": 0.8}, "zeros": {"ELBO": 1, "code distance": 0}}
    (ax,) = applications.auc_table(table).axes
    cells = {tuple(map(int, text.get_position())): text.get_text() for text in ax.texts}
    assert cells == {(0, 0): "0.14", (1, 0): "0.80", (0, 1): "1.00", (1, 1): "0.00"}
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["ones", "zeros"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["ELBO", "code\ndistance"]


def test_payments_are_drawn_by_hour_each_kind_with_its_own_mark():
    table = np.array([[10, 3, 2, 1], [20, 14, 4, 2], [300, 23, 90, 1]], float)
    fig = applications.payments(table, [0, 1, 2], ["honest", "loud", "quiet"])
    for ax, column in zip(fig.axes, (0, 2), strict=True):
        points = np.concatenate([each.get_offsets() for each in ax.collections])
        np.testing.assert_array_equal(points, table[:, [1, column]])
        assert ax.get_yscale() == "log"
    assert [text.get_text() for text in fig.legends[0].texts] == ["honest", "loud", "quiet"]


def test_rate_curves_pass_through_their_points():
    lines = {"VAE": ([4, 16], [12.0, 15]), "JPEG": ([250, 500], [19.0, 23])}
    (ax,) = applications.rate_curves(lines).axes
    found = {line.get_label(): (*map(list, line.get_data()),) for line in ax.lines}
    assert found == lines
    assert ax.get_xscale() == "log"


def test_outlines_are_closed_and_each_row_stands_below_the_one_before():
    rows = {"one": rng.normal(size=(3, 8, 2)), "two": rng.normal(size=(3, 8, 2))}
    (ax,) = applications.outline_rows(rows).axes
    assert len(ax.lines) == len(ax.patches) == 6
    for i, line in enumerate(ax.lines):
        curve = line.get_xydata()
        np.testing.assert_array_equal(curve[0], curve[-1])
        middle = curve[:-1].mean(axis=0) - rows[("one", "two")[i // 3]][i % 3].mean(axis=0) * (
            0.46 / max(np.abs(each).max() for each in rows.values())
        )
        assert middle == pytest.approx([i % 3, -(i // 3)])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["one", "two"]
