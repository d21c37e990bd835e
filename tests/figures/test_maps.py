import numpy as np
import pytest
from matplotlib.text import Text

from fidle_vae.figures import compare_codes, compare_maps
from fidle_vae.models.latent_space import LatentPlane

rng = np.random.default_rng(0)
LABELS = np.arange(200) % 10
BOOTS = ["Ankle boot"] * 9 + ["T-shirt/top"]
WIDE, PRIOR, DOT = (scale * rng.normal(size=(200, 2)) for scale in (8, 1, 0.02))
WEIGHTS = ("0", "0.2", "0.8", "2", "5", "20", "80")


def test_each_map_has_axes_of_its_own_with_its_title_and_all_points():
    labels = rng.integers(0, 3, 60)
    maps = {"small": rng.normal(size=(60, 2)), "large": 100 * rng.normal(size=(60, 2))}
    fig = compare_maps(maps, labels, ("a", "b", "c"))
    assert [ax.get_title() for ax in fig.axes] == ["small", "large"]
    for ax, points in zip(fig.axes, maps.values(), strict=True):
        drawn = np.concatenate([dots.get_offsets() for dots in ax.collections])
        assert sorted(map(tuple, drawn)) == sorted(map(tuple, points))
        assert {text.get_text() for text in ax.texts} == {"a", "b", "c"}


def test_the_names_of_classes_that_meet_do_not_hide_each_other():
    close = np.random.default_rng(1).normal(size=(200, 2))
    fig = compare_maps({"wide": close * [50, 1], "high": close * [1, 50]}, LABELS)
    fig.draw_without_rendering()
    for ax in fig.axes:
        boxes = [text.get_bbox_patch().get_window_extent() for text in ax.texts]
        assert [box.count_overlaps(boxes) for box in boxes] == [1] * 10  # each with itself


def test_a_map_with_another_number_of_points_is_named():
    with pytest.raises(ValueError, match=r"map 'a' must have shape \(3, 2\).*\(2, 2\)"):
        compare_maps({"a": np.zeros((2, 2))}, [0, 1, 2])


def shown(ax):
    """Return the codes of a panel, sorted."""
    return np.sort(np.concatenate([dots.get_offsets() for dots in ax.collections]), axis=0)


def test_each_model_has_a_panel_with_all_its_codes_and_the_circles_of_the_prior():
    models = {"none": WIDE, "some": PRIOR, "much": DOT}
    fig = compare_codes(models, LABELS)
    assert [ax.get_title() for ax in fig.axes] == list(models)
    for ax, z in zip(fig.axes, models.values(), strict=True):
        np.testing.assert_allclose(shown(ax), np.sort(z, axis=0))
        radii = [np.linalg.norm(line.get_xydata()[0]) for line in ax.lines]
        np.testing.assert_allclose(radii, [1, 2, 3])


def test_all_panels_have_one_scale_centred_on_the_prior_and_round_circles():
    fig = compare_codes({"wide": WIDE, "dot": DOT, "far": PRIOR + 30}, LABELS, reach=6, columns=2)
    fig.draw_without_rendering()
    for ax in fig.axes[:3]:
        assert ax.get_xlim() == ax.get_ylim() == (-6, 6)
        (x0, y0), (x1, y1) = ax.transData.transform([(0, 0), (1, 1)])
        assert x1 - x0 == pytest.approx(y1 - y0)


def test_a_panel_says_which_share_of_its_codes_lies_outside():
    half = np.r_[PRIOR[:100] / 5, PRIOR[:100] / 5 + [0, 9]]
    notes = [
        [text.get_text() for text in ax.texts]
        for ax in compare_codes({"a": half, "b": PRIOR / 5}, LABELS).axes
    ]
    assert notes == [["50 % not shown"], []]


def test_more_dimensions_are_seen_in_the_plane_of_the_codes_around_the_prior():
    z = rng.normal(size=(200, 6)) * [1, 1, 3, 1, 1, 2] + 0.5
    plane = LatentPlane.of_pca(z)
    (ax,) = compare_codes({"six": z}, LABELS).axes
    expected = plane.project(z) - plane.project(np.zeros(6))
    np.testing.assert_allclose(shown(ax), np.sort(expected, axis=0))
    assert ax.get_xlabel().startswith("PC 1")


def test_codes_on_a_line_have_a_row_for_each_class():
    fig = compare_codes({"a": PRIOR[:, :1], "b": WIDE[:, :1]}, LABELS)
    fig.draw_without_rendering()
    for ax in fig.axes:
        assert len(ax.lines) == 6
        assert ax.get_xlim() == (-5, 5)
        for k, dots in enumerate(ax.collections):
            np.testing.assert_array_equal(dots.get_offsets()[:, 1].round(), k)


def test_classes_and_circles_are_named_once_below_all_panels():
    fig = compare_codes({"a": PRIOR[:100], "b": PRIOR[:100]}, LABELS[:100] % 3, ["x", "y", "z"])
    assert [text.get_text() for text in fig.legends[0].get_texts()] == [
        "x", "y", "z", "prior, 1\N{GREEK SMALL LETTER SIGMA} 2\N{GREEK SMALL LETTER SIGMA} "
        "3\N{GREEK SMALL LETTER SIGMA}",
    ]  # fmt: skip


@pytest.mark.parametrize("names", [(), BOOTS])
@pytest.mark.parametrize(("count", "columns"), [(7, 4), (5, 3), (1, 4)])
def test_the_planes_of_many_models_are_legible_and_complete(names, count, columns):
    fig = compare_codes(
        {f"beta = {k}": WIDE for k in WEIGHTS[:count]}, LABELS, names, columns=columns
    )
    fig.draw_without_rendering()
    box, (width, height) = fig.get_tightbbox(), fig.get_size_inches()
    assert min(box.x0, box.y0, width - box.x1, height - box.y1) > -0.01
    sizes = [text.get_fontsize() for text in fig.findobj(Text) if text.get_text()]
    assert min(sizes) >= 16
    assert width < 11  # so that 16 points are 24 pixels where the figure fills a slide


@pytest.mark.parametrize(
    ("models", "labels", "message"),
    [
        ({"a": np.full((3, 2), np.nan)}, LABELS[:3], "codes of 'a' must hold finite codes"),
        ({"a": PRIOR}, LABELS[:3], r"labels .*\(200,\), got .*\(3,\)"),
        ({}, LABELS, "codes must be a dict with one model or more"),
    ],
)
def test_bad_input_raises_and_names_the_value(models, labels, message):
    with pytest.raises(ValueError, match=message):
        compare_codes(models, labels)
