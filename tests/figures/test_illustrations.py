import numpy as np
import pytest
from matplotlib.text import Text
from scipy.integrate import simpson
from scipy.spatial.distance import mahalanobis
from scipy.stats import norm

from fidle_vae.figures import illustrations
from fidle_vae.models.posterior import exact_posterior

SIGMA = "\N{GREEK SMALL LETTER SIGMA}"
rng = np.random.default_rng(0)
EPS = rng.standard_normal((60, 2))
Z_MEAN, VARIANCE = np.array([1.2, -0.8]), np.array([0.25, 0.64])


@pytest.fixture(scope="module")
def panels():
    """Return the panels of eps and of z."""
    left, _, right = illustrations.sampling(Z_MEAN, np.log(VARIANCE), EPS).axes
    return left, right


def all_points(ax):
    return ax.collections[0].get_offsets()


def numbered(ax):
    """Return the numbered points, {number: place of its mark}."""
    numbers = [text for text in ax.texts if text.get_text().isdigit()]
    marks = [points.get_offsets()[0] for points in ax.collections[1:]]
    for text, mark in zip(numbers, marks, strict=True):
        np.testing.assert_array_equal(text.xy, mark)
    return {text.get_text(): mark for text, mark in zip(numbers, marks, strict=True)}


def test_points_on_the_right_are_the_same_noise_shifted_and_stretched(panels):
    left, right = panels
    np.testing.assert_array_equal(all_points(left), EPS)
    np.testing.assert_allclose(all_points(right), np.sqrt(VARIANCE) * EPS + Z_MEAN)


def test_curves_lie_1_and_2_sigma_from_their_centres(panels):
    for ax, centre, variance in zip(panels, ([0, 0], Z_MEAN), ([1, 1], VARIANCE), strict=True):
        for sigma, text in ((1, f"1{SIGMA}"), (2, f"2{SIGMA}")):
            (curve,) = (line for line in ax.lines if line.get_label() == text)
            distances = [
                mahalanobis(point, centre, np.diag(1 / np.array(variance)))
                for point in curve.get_xydata()
            ]
            np.testing.assert_allclose(distances, sigma)
            assert np.ptp(curve.get_xdata()) == pytest.approx(2 * sigma * np.sqrt(variance[0]))


def test_three_points_have_the_same_numbers_in_both_panels(panels):
    left, right = map(numbered, panels)
    assert list(left) == list(right) == ["1", "2", "3"]
    for number, eps in left.items():
        assert eps in EPS
        np.testing.assert_allclose(right[number], np.sqrt(VARIANCE) * eps + Z_MEAN)
    colors = [[tuple(p.get_facecolor()[0]) for p in ax.collections[1:]] for ax in panels]
    assert colors[0] == colors[1]
    assert len(set(colors[0])) == 3


def test_numbered_points_are_well_apart(panels):
    marks = list(numbered(panels[0]).values())
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert np.linalg.norm(marks[a] - marks[b]) > 1


def test_both_panels_have_the_same_limits_and_equal_axes(panels):
    left, right = panels
    assert left.get_xlim() == left.get_ylim() == right.get_xlim() == right.get_ylim()
    assert left.get_aspect() == right.get_aspect() == 1


def test_the_axes_have_the_names_of_what_they_show(panels):
    left, right = panels
    assert (left.get_xlabel(), left.get_ylabel()) == ("eps0", "eps1")
    assert (right.get_xlabel(), right.get_ylabel()) == ("z0", "z1")


@pytest.mark.parametrize("z_mean", [[9.0, 0.0], [0.0, 0.0], [-1.0, 4.0], [30.0, -30.0]])
@pytest.mark.parametrize("z_log_var", [[-8.0, -8.0], [0.0, 2.0]])
def test_nothing_lies_outside_the_panels(z_mean, z_log_var):
    fig = illustrations.sampling(z_mean, z_log_var, EPS)
    fig.draw_without_rendering()
    for ax in (fig.axes[0], fig.axes[2]):
        drawn = np.concatenate([all_points(ax)] + [line.get_xydata() for line in ax.lines[:2]])
        assert np.abs(drawn).max() < ax.get_xlim()[1]
        box = ax.get_window_extent()
        for text in ax.texts:
            x, y = Text.get_window_extent(text).get_points().mean(axis=0)  # without its arrow
            assert box.contains(x, y)


def test_the_centre_is_named_and_its_numbers_are_written():
    fig = illustrations.sampling(Z_MEAN, np.log(VARIANCE), EPS)
    (name,) = (text for text in fig.axes[2].texts if text.get_text() == "z_mean")
    np.testing.assert_array_equal(name.xy, Z_MEAN)
    assert "z_mean = (1.20, −0.80)" in fig.get_suptitle()  # noqa: RUF001
    assert "(0.50, 0.80)" in fig.get_suptitle()
    assert [text.get_text() for text in fig.legends[0].texts] == [f"1{SIGMA}", f"2{SIGMA}"]


def test_few_points_are_numbered_once_each():
    for n in (1, 2):
        fig = illustrations.sampling([0, 0], [0, 0], EPS[:n])
        assert list(numbered(fig.axes[0])) == ["1", "2"][:n]


def kl_by_integration(mean, sigma):
    """Return KL(N(mean, sigma^2) || N(0, 1)), integrated from its definition."""
    x = np.linspace(mean - 10 * sigma, mean + 10 * sigma, 2001)
    log_q, log_p = norm.logpdf(x, mean, sigma), norm.logpdf(x)
    return simpson(np.exp(log_q) * (log_q - log_p), x=x)


def test_penalty_curves_are_the_kl_of_one_dimension():
    left, right = illustrations.kl_penalty().axes
    for place, kl in left.lines[0].get_xydata()[::30]:
        assert kl == pytest.approx(kl_by_integration(place, 1), abs=1e-5)
    for sigma, kl in right.lines[0].get_xydata()[::35]:
        assert kl == pytest.approx(kl_by_integration(0, sigma), abs=1e-5)


def test_penalty_panels_share_their_height_and_mark_the_prior_where_the_penalty_is_0():
    left, right = illustrations.kl_penalty().axes
    assert left.get_ylim() == right.get_ylim()
    assert left.lines[1].get_xydata().tolist() == [[0, 0]]
    assert right.lines[1].get_xydata().tolist() == [[1, 0]]
    assert left.get_ylabel() == "kl_loss (nats per dimension)"


def test_notes_point_at_the_curves():
    notes = 0
    for ax in illustrations.kl_penalty().axes:
        x, y = ax.lines[0].get_xydata().T
        for note in ax.texts:
            assert note.xy[1] == pytest.approx(np.interp(note.xy[0], x, y), abs=0.05)
            notes += 1
    assert notes == 5


def test_the_penalty_agrees_with_the_losses(monkeypatch):
    monkeypatch.setattr(illustrations, "gaussian_kl", lambda z_mean, z_log_var: z_mean[:, 0] + 3)
    left, right = illustrations.kl_penalty().axes
    x, y = left.lines[0].get_xydata().T
    np.testing.assert_array_equal(y, x + 3)
    np.testing.assert_array_equal(right.lines[0].get_ydata(), 3)


SLOPE = rng.standard_normal((6, 6, 1))
PLACES = np.linspace(-3, 3, 7)[:, None]
Q_MEAN, Q_LOG_VAR = np.array([0.5]), np.array([-1.0])


def decode(z):
    """Return images of 6 x 6 pixels, each brighter or darker from left to right."""
    return 1 / (1 + np.exp(-SLOPE * np.reshape(z, (-1, 1, 1, 1))))


def posterior_of(z):
    """Return the image of z and its exact posterior."""
    (x,) = decode(z)
    return x, exact_posterior(decode, x[None])


def draw_posterior(z, places=PLACES):
    return illustrations.image_posterior(
        *posterior_of(z), Q_MEAN, Q_LOG_VAR, places, decode(places)
    )


def curves(ax):
    """Return the curves of an axes, {colour: (z, density)}."""
    return {line.get_color(): line.get_xydata().T for line in ax.lines}


@pytest.mark.parametrize("z", [-2, 0.1, 2.5])
def test_prior_posterior_and_q_are_densities_over_the_decoded_images(z):
    picture, above, strip = draw_posterior(z).axes
    x, exact = posterior_of(z)
    np.testing.assert_array_equal(picture.images[0].get_array(), x[..., 0])
    found = curves(above)
    for color, log_density in (
        (illustrations.PRIOR, norm.logpdf),
        (illustrations.GUESS, norm(0.5, np.exp(-0.5)).logpdf),
        (illustrations.EXACT, lambda at: np.interp(at, exact.z, exact.log_density[0])),
    ):
        at, density = found[color]
        np.testing.assert_allclose(density, np.exp(log_density(at)), rtol=1e-4)
        assert simpson(density, x=at) == pytest.approx(1, abs=2e-3)
    assert above.get_xlim() == strip.get_xlim()
    for place, image in zip(PLACES[:, 0], strip.images, strict=True):
        left, right, *_ = image.get_extent()
        assert (left + right) / 2 == pytest.approx(place)
        np.testing.assert_array_equal(image.get_array(), decode(place)[0, ..., 0])


@pytest.mark.parametrize("z", [-2, 0.1, 2.5])
def test_names_of_the_densities_lie_within_the_panel_beside_the_peaks(z):
    fig = draw_posterior(z)
    fig.draw_without_rendering()
    above = fig.axes[1]
    peaks = [
        line.get_xydata()[line.get_ydata() > 0.6 * above.get_ylim()[1]] for line in above.lines
    ]
    assert len(above.texts) == 3
    for text in above.texts:
        box = text.get_window_extent()
        frame = above.get_window_extent()
        assert frame.x0 < box.x0 < box.x1 < frame.x1
        for curve in peaks:
            assert not any(box.contains(*point) for point in above.transData.transform(curve))


def test_a_posterior_beyond_the_decoded_images_is_in_the_picture():
    places = np.linspace(1, 3, 5)[:, None]
    fig = draw_posterior(-2, places)
    z, density = curves(fig.axes[1])[illustrations.EXACT]
    left, right = fig.axes[1].get_xlim()
    assert left < z[density.argmax()] < right


def test_every_bar_of_an_elbo_ends_below_the_line_by_its_gap():
    _, exact = posterior_of(1.0)
    *panels, levels = illustrations.evidence_bound(exact, Q_MEAN, Q_LOG_VAR).axes
    line = levels.lines[0].get_ydata()[0]
    assert line == exact.log_evidence[0]
    elbos = levels.patches[::2]
    gaps = levels.patches[1::2]
    tops = [bar.get_y() + bar.get_height() for bar in elbos]
    assert tops == sorted(tops)
    for panel, top, gap in zip(panels, tops, gaps, strict=True):
        q = curves(panel)[illustrations.GUESS]
        mean = simpson(q[0] * q[1], x=q[0])
        log_var = np.log(simpson((q[0] - mean) ** 2 * q[1], x=q[0]))
        bound = exact.bound([[mean]], [[log_var]])
        assert top == pytest.approx(bound.elbo[0], abs=0.05)
        assert top < line
        assert gap.get_y() == top
        assert gap.get_y() + gap.get_height() == pytest.approx(line)
    assert levels.get_ylim()[0] < min(tops)


def test_the_numbers_of_the_bars_are_written_and_the_encoder_is_among_them():
    _, exact = posterior_of(1.0)
    *panels, levels = illustrations.evidence_bound(exact, Q_MEAN, Q_LOG_VAR).axes
    names = [panel.get_title() for panel in panels]
    assert sorted(names) == [
        "3 times as wide",
        f"moved by 2{SIGMA}",
        "the best q",
        "the encoder's q",
    ]
    assert names[-1] == "the best q"
    bound = exact.bound([Q_MEAN], [Q_LOG_VAR])
    written = [text.get_text() for text in levels.texts]
    column = 2 * names.index("the encoder's q")
    assert written[column] == f"ELBO\n−{-bound.elbo[0]:.2f}"  # noqa: RUF001
    assert written[column + 1] == f"gap {bound.gap[0]:.2f}"


def test_the_posterior_of_several_images_raises():
    exact = exact_posterior(decode, decode([0.0, 1.0]))
    with pytest.raises(ValueError, match=r"posterior of one image, got 2 images: pick one out"):
        illustrations.evidence_bound(exact, Q_MEAN, Q_LOG_VAR)
    with pytest.raises(ValueError, match=r"posterior of one image, got 2 images: pick one out"):
        illustrations.image_posterior(
            decode(0.0)[0], exact, Q_MEAN, Q_LOG_VAR, PLACES, decode(PLACES)
        )


def test_figures_are_complete_and_legible_from_the_last_row():
    for fig in (
        illustrations.sampling(Z_MEAN, [0, 0], EPS),
        illustrations.kl_penalty(),
        draw_posterior(1.0),
        illustrations.evidence_bound(posterior_of(1.0)[1], Q_MEAN, Q_LOG_VAR),
    ):
        fig.draw_without_rendering()
        box, (width, height) = fig.get_tightbbox(), fig.get_size_inches()
        assert min(box.x0, box.y0) > -0.01
        assert box.x1 < width + 0.01
        assert box.y1 < height + 0.01
        written = [text for text in fig.findobj(Text) if text.get_text() and text.get_visible()]
        assert min(text.get_fontsize() for text in written) >= 14


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 0, 0], [0, 0], EPS), r"z_mean must be two .* got \[0.0, 0.0, 0.0\]"),
        (([0, 0], 0.0, EPS), "z_log_var must be two finite numbers.* got 0.0"),
        (([0, 0], [0, np.nan], EPS), r"z_log_var must be two finite .* got \[0.0, nan\]"),
        (([0, 0], [0, 0], EPS[0]), r"eps must .* shape \(n, 2\), got shape \(2,\)"),
        (([0, 0], [0, 0], EPS * np.inf), "eps must .* 120 not finite"),
    ],
)
def test_bad_input_raises_and_names_the_value(arguments, message):
    with pytest.raises(ValueError, match=message):
        illustrations.sampling(*arguments)
