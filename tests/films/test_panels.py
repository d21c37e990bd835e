import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from fidle_vae.figures.latent_scatter import sort_codes
from fidle_vae.figures.style import COLORS
from fidle_vae.films.panels import CodesPanel, CurvePanel, ImagesPanel

rng = np.random.default_rng(0)
Z = 3 * rng.standard_normal((30, 2))
LABELS = np.arange(30) % 3
MEDIANS = np.stack([np.median(Z[k == LABELS], axis=0) for k in range(3)])
LIMITS = np.array([[-9.0, 9.0], [-9.0, 9.0]])


def axes():
    return Figure((5, 5)).add_subplot()


def test_codes_move_with_their_classes_and_the_axes_stay():
    ax = axes()
    panel = CodesPanel(ax, sort_codes(Z, LABELS, "abc", None), LIMITS)
    names = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
    panel.update(Z + 1, names)
    for k, dots in enumerate(ax.collections):
        np.testing.assert_allclose(dots.get_offsets(), (Z + 1)[k == LABELS])
        np.testing.assert_allclose(dots.get_facecolor()[0, :3], to_rgb(COLORS[k]))
    assert (ax.get_xlim(), ax.get_ylim()) == ((-9, 9), (-9, 9))
    texts = {text.get_text(): text.get_position() for text in ax.texts if text.get_text() in "abc"}
    assert texts == {"a": (0, 1), "b": (2, 3), "c": (4, 5)}
    assert set(panel.moving) >= {*ax.collections, *ax.lines, *ax.texts}


def test_labels_are_hidden_while_all_codes_are_in_one_heap():
    ax = axes()
    panel = CodesPanel(ax, sort_codes(Z, LABELS, "abc", None), LIMITS)
    names = [text for text in ax.texts if text.get_text() in "abc"]
    panel.update(0.05 * Z, 0.05 * MEDIANS)
    assert not any(text.get_visible() for text in names)
    panel.update(Z, MEDIANS)
    assert all(text.get_visible() and text.get_alpha() == 1 for text in names)


def test_an_autoencoder_has_no_circles_and_its_axes_no_prior():
    with_prior, without = axes(), axes()
    codes = sort_codes(Z, LABELS, "abc", None)
    CodesPanel(with_prior, codes, LIMITS)
    CodesPanel(without, codes, LIMITS, prior=False)
    assert (len(with_prior.lines), len(without.lines)) == (3, 0)
    assert "prior" in with_prior.get_xlabel()
    assert (without.get_xlabel(), without.get_ylabel()) == ("z0", "z1")
    assert {text.get_text() for text in without.texts} == {"a", "b", "c"}


def test_frames_without_classes_are_coloured_by_time():
    ax = axes()
    panel = CodesPanel(ax, sort_codes(Z, None, (), None), LIMITS)
    panel.update(Z, np.zeros((1, 2)))
    (dots,) = ax.collections
    dots.update_scalarmappable()
    assert len(np.unique(dots.get_facecolor(), axis=0)) == 30
    assert "colour: place in the film" in [text.get_text() for text in ax.texts]


def test_in_one_dimension_the_rows_have_the_class_names():
    ax = axes()
    CodesPanel(ax, sort_codes(Z[:, :1], LABELS, "abc", None), LIMITS).update(Z, np.zeros((3, 2)))
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a", "b", "c"]
    assert ax.get_ylim() == (2.5, -0.5)


@pytest.mark.parametrize("channels", [1, 3])
def test_changing_images_are_in_rows_below_the_still_ones(channels):
    still, moving = rng.random((2, 3, 4, 5, channels))
    ax = axes()
    panel = ImagesPanel(ax, "title", still, 3, still)
    panel.update(moving)
    shown = np.asarray(ax.images[0].get_array()).reshape(8, 15, channels)
    for i in range(3):
        np.testing.assert_allclose(shown[:4, 5 * i : 5 * i + 5], still[i])
        np.testing.assert_allclose(shown[4:, 5 * i : 5 * i + 5], moving[i])
    assert ax.images[0].get_clim() == (0, 1)  # not scaled to the first images


def test_an_incomplete_last_row_is_filled_with_black():
    ax = axes()
    ImagesPanel(ax, "title", np.ones((4, 2, 2, 1)), 3)
    shown = np.asarray(ax.images[0].get_array())
    assert shown.shape == (4, 6)
    assert shown[:2].all()
    assert shown[2:, :2].all()
    assert not shown[2:, 2:].any()


def test_a_curve_grows_with_time_and_its_axes_stay():
    ax = axes()
    panel = CurvePanel(ax, "KL", "nats", {"": {1: 4.0, 2: 2.0, 3: 1.0}, "val_": {2: 8.0}}, (0, 3))
    limits = ax.get_xlim(), ax.get_ylim()
    assert limits[0] == (0, 3)
    assert limits[1][0] < 1 < 8 < limits[1][1]
    line, end, held_out, held_out_end = ax.lines
    expected = {
        0.5: ([0.5], [np.nan]), 1: ([1], [4]), 1.5: ([1, 1.5], [4, 3]), 3: ([1, 2, 3], [4, 2, 1]),
    }  # fmt: skip
    for time, (x, y) in expected.items():
        panel.update(time)
        np.testing.assert_allclose(line.get_xdata(), x)
        np.testing.assert_allclose(line.get_ydata(), y)
        np.testing.assert_allclose([end.get_xdata()[0], end.get_ydata()[0]], [x[-1], y[-1]])
    assert held_out.get_ydata() == [8, 8]
    assert held_out_end.get_ydata() == [8]
    assert (ax.get_xlim(), ax.get_ylim()) == limits


def test_a_curve_that_is_flat_or_not_a_number_has_axes():
    for values in ({1: 2.0, 2: 2.0}, {1: float("nan"), 2: 3.0}, {1: float("inf")}, {1: 0.0}):
        ax = axes()
        CurvePanel(ax, "KL", "nats", {"": values}, (0, 2)).update(2)
        low, high = ax.get_ylim()
        assert np.isfinite([low, high]).all()
        assert low < high
