import numpy as np
import pytest
from scipy.stats import norm

from fidle_vae.figures import inference
from fidle_vae.models.posterior import ExactPosterior

Z = np.linspace(-10, 10, 2001)
TWO = ExactPosterior(
    Z, np.log(norm.pdf(Z, -1, 0.3) + norm.pdf(Z, 2, 0.3))[None] - norm.logpdf(Z)[None]
)
IMAGES = np.random.default_rng(0).random((3, 6, 5, 1))


def gaussian(mean, sigma):
    return np.array([[float(mean)]]), np.array([[2 * np.log(sigma)]])


def test_posteriors_stand_beside_their_images_over_one_strip():
    strip = np.linspace(-3, 3, 7)[:, None]
    fig = inference.posteriors(IMAGES[:2], [TWO, TWO], strip, np.ones((7, 6, 5, 1)))
    pictures, densities, below = fig.axes[0:4:2], fig.axes[1:4:2], fig.axes[4]
    for ax, image in zip(pictures, IMAGES, strict=False):
        np.testing.assert_array_equal(ax.images[0].get_array(), image[..., 0])
    for ax in densities:
        assert np.nanmax(ax.lines[0].get_ydata()) == pytest.approx(
            np.exp(TWO.log_density).max(), rel=1e-6
        )
        assert f"{abs(TWO.log_evidence[0]):.1f} nats" in ax.texts[0].get_text()
    assert len(below.images) == 7
    assert densities[0].get_xlim() == below.get_xlim()


def test_each_way_to_fit_has_its_panel_with_q_and_its_decoded_mean():
    qs = {"both": [gaussian(0.5, 1.5)], "one": [gaussian(-1, 0.3), gaussian(2, 0.3)]}
    decoded = {"both": IMAGES[:1], "one": IMAGES[1:]}
    fig = inference.directions(TWO, qs, decoded)
    assert [ax.get_title() for ax in fig.axes] == ["both", "one"]
    for ax, (name, every) in zip(fig.axes, qs.items(), strict=True):
        assert len(ax.lines) == 1 + len(every)
        for line, (mean, _) in zip(ax.lines[1:], every, strict=True):
            top = line.get_xdata()[np.nanargmax(line.get_ydata())]
            assert top == pytest.approx(mean.item(), abs=0.02)
        shown = [inset.images[0].get_array() for inset in ax.child_axes]
        np.testing.assert_array_equal(shown, decoded[name][..., 0])


def test_walks_share_their_scale_and_their_goal():
    ways = {"a": np.zeros((4, 6)), "b": np.ones((4, 6))}
    fig = inference.walks(ways, 0.5, 2.0)
    for ax, (name, each) in zip(fig.axes, ways.items(), strict=True):
        assert ax.get_title() == name
        assert ax.get_ylim() == (-1.5, 2.5)
        np.testing.assert_array_equal([line.get_ydata() for line in ax.lines[:4]], each)
        assert list(ax.lines[4].get_ydata()) == [0.5, 0.5]


def test_lines_have_ticks_at_their_sizes_on_a_logarithmic_axis():
    (ax,) = inference.lines({"a": ([1, 4, 16], [2, 3, 5])}, "d", "v", log="xy").axes
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "4", "16"]
    (ax,) = inference.lines({"a": ([1, 2], [2, 3]), "b": ([1, 3], [1, 2])}, "d", "v").axes
    assert [line.get_label() for line in ax.lines] == ["a", "b"]
    assert ax.get_xscale() == "linear"


def test_estimates_are_histograms_with_a_line_at_what_they_estimate():
    draws = np.random.default_rng(1).normal(size=(2, 500))
    (ax,) = inference.estimates({"a": draws[0], "b": 3 * draws[1]}, {"truth": 0.3}, "nats").axes
    assert [line.get_xdata()[0] for line in ax.lines] == [0.3]
    assert {text.get_text() for text in ax.get_legend().get_texts()} == {"a", "b", "truth"}


def test_the_lowest_point_of_each_formula_is_marked():
    m, v = np.linspace(-2, 2, 41), np.linspace(0.1, 2, 191)
    half = (v - 1 - np.log(v) / 2) / 2
    fig = inference.slips({"KL": m**2 / 2}, {"KL": (v - 1 - np.log(v)) / 2, "half": half}, (m, v))
    dots = [line for line in fig.axes[1].lines if line.get_marker() == "o"]
    assert [dot.get_xdata()[0] for dot in dots] == pytest.approx([1, 0.5], abs=0.01)
    assert dots[1].get_ydata()[0] == pytest.approx(-0.0767, abs=1e-3)


def test_what_a_loss_says_stands_beside_what_is_true():
    elbos = {"right": (-10.0, -10.1), "slip": (-8.0, -12.0)}
    left, right = inference.trained_slips([10, 20], [30.0, 900.0], 1.5, elbos).axes
    assert list(left.lines[0].get_ydata()) == [30.0, 900.0]
    assert list(left.lines[1].get_ydata()) == [1.5, 1.5]
    assert left.get_yscale() == "log"
    assert [tick.get_text() for tick in right.get_yticklabels()] == ["right", "slip"]
    found = [each.get_offsets()[0].tolist() for each in right.collections]
    assert found == [[-10.1, 0], [-10.0, 0], [-12.0, 1], [-8.0, 1]]
