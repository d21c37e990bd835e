"""The explorer's geometry, in node, compared with latent_space.py, SciPy and NumPy."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from fidle_vae.models.latent_space import LatentPlane, morph_path
from tests.helpers.javascript import node

SCRIPT = Path(__file__).parents[1] / "helpers" / "run_geometry.mjs"
KINDS = {"line": "linear", "circle": "great_circle"}


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.fixture
def call(tmp_path):
    """Call functions of geometry.js and codes.js: see run_geometry.mjs."""

    def call(*calls):
        job = tmp_path / "job.json"
        job.write_text(json.dumps(calls, default=np.ndarray.tolist), encoding="utf-8")
        return json.loads(node(SCRIPT, job))

    return call


def described(plane):
    return {"origin": plane.origin, "axes": plane.axes, "names": plane.names}


def planes(rng):
    """Return a line, a plane, and planes in more dimensions, with and without the origin."""
    return [
        LatentPlane.of_dims(1),
        LatentPlane.of_dims(2),
        LatentPlane.of_dims(6, (4, 1)),
        LatentPlane.of_pca(rng.normal(0.5, range(1, 7), (50, 6))),
        LatentPlane(rng.normal(size=3), np.linalg.qr(rng.normal(size=(3, 1))).Q.T, ("x",)),
    ]


def test_planes_project_latent_points_as_in_python(rng, call):
    cases = [(plane, z) for plane in planes(rng) for z in rng.normal(0, 3, (20, len(plane.origin)))]
    seen = call(*(["project", described(plane), z] for plane, z in cases))
    for (plane, z), point in zip(cases, seen, strict=True):
        expected = plane.project(z)
        assert point == pytest.approx([*expected, 0][:2], abs=1e-12)


def test_a_gaussian_becomes_the_ellipse_of_its_covariance_in_the_plane(rng, call):
    cases = [(plane, *rng.normal(0, 1, (2, len(plane.origin)))) for plane in planes(rng)]
    seen = call(
        *(
            ["projectGaussian", described(plane), {"mean": mean, "logVar": log_var}]
            for plane, mean, log_var in cases
        )
    )
    for (plane, mean, log_var), ellipse in zip(cases, seen, strict=True):
        assert ellipse["centre"] == pytest.approx([*plane.project(mean), 0][:2])
        covariance = np.zeros((2, 2))
        k = len(plane.axes)
        covariance[:k, :k] = plane.axes @ np.diag(np.exp(log_var)) @ plane.axes.T
        turn = ellipse["angle"] + np.array([0, np.pi / 2])
        axes = np.array([np.cos(turn), np.sin(turn)])
        found = axes @ np.diag(np.square(ellipse["radii"])) @ axes.T
        np.testing.assert_allclose(found, covariance, atol=1e-9)


def test_a_point_of_an_autoencoder_is_an_ellipse_without_size(call):
    plane = described(LatentPlane.of_dims(2))
    (ellipse,) = call(["projectGaussian", plane, {"mean": [1, 2], "logVar": None}])
    assert ellipse["centre"] == [1, 2]
    assert ellipse["radii"] == [0, 0]


def test_names_are_spread_until_none_overlaps_another(rng, call):
    side = 400
    for count, wide in ((10, 40), (10, 150), (3, 300)):
        boxes = [
            {"x": x, "y": y, "wide": wide, "high": 30}
            for x, y in rng.normal(side / 2, 60, (count, 2))
        ]
        (spread,) = call(["spread", boxes, side])
        for one, other in itertools.combinations(spread, 2):
            across, up = (abs(one[axis] - other[axis]) for axis in "xy")
            assert across >= wide or up >= 29
        for box in spread:
            assert wide / 2 <= box["x"] <= side - wide / 2
            assert 15 <= box["y"] <= side - 15


def test_names_that_have_room_stay_where_they_are(call):
    boxes = [{"x": 100 * i, "y": 200, "wide": 60, "high": 30} for i in (1, 2, 3)]
    assert call(["spread", boxes, 400]) == [boxes]


def test_a_name_stands_at_the_median_of_its_codes(rng, call):
    points = rng.normal(size=(31, 2))
    assert call(["medianPoint", points]) == [pytest.approx(np.median(points, axis=0))]


def test_a_plane_has_the_centre_of_the_prior(rng, call):
    given = planes(rng)
    centres = call(*(["centre", described(plane)] for plane in given))
    for plane, centre in zip(given, centres, strict=True):
        assert centre == pytest.approx([*plane.project(0 * plane.origin), 0][:2], abs=1e-12)


def test_a_point_moves_within_the_plane_and_keeps_what_is_off_it(rng, call):
    cases = [
        (plane, z, at)
        for plane in planes(rng)
        for z, at in zip(
            rng.normal(0, 3, (20, len(plane.origin))), rng.normal(0, 3, (20, 2)), strict=True
        )
    ]
    moved = call(*(["move", described(plane), z, at] for plane, z, at in cases))
    for (plane, z, at), point in zip(cases, moved, strict=True):
        off_plane = z - plane.lift(plane.project(z))
        expected = plane.lift(at[: len(plane.axes)]) + off_plane
        assert point == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("latent_dim", "dims"), [(1, [0]), (2, [0, 1]), (6, [5, 2])])
def test_a_plane_of_dimensions_is_the_same_as_in_python(call, latent_dim, dims):
    [made] = call(["planeOfDims", latent_dim, dims])
    expected = LatentPlane.of_dims(latent_dim, dims)
    assert made["origin"] == expected.origin.tolist()
    assert made["axes"] == expected.axes.tolist()
    assert tuple(made["names"]) == expected.names


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("latent_dim", [1, 2, 6])
def test_paths_are_those_of_morph_path(rng, call, kind, latent_dim):
    ends = [tuple(pair) for pair in rng.normal(0, 2, (60, 2, latent_dim))]
    a = ends[0][0]
    ends += [(a, a), (a, -a), (a, 0 * a), (0 * a, a), (0 * a, 0 * a), (a, 2 * a), (a, -0.5 * a)]
    ends += [(a, a + 1e-8), (a, 1e-10 * a), (1e-8 * a, a[::-1])]
    steps = np.linspace(0, 1, 11)
    points = call(*(["pointOnPath", a, b, t, kind] for a, b in ends for t in steps))
    for i, (a, b) in enumerate(ends):
        path = points[11 * i : 11 * (i + 1)]
        np.testing.assert_allclose(path, morph_path(a, b, 11, KINDS[kind]), rtol=0, atol=1e-9)
        assert path[0] == a.tolist()
        assert path[-1] == b.tolist()


def test_the_density_of_the_prior_is_that_of_scipy(rng, call):
    points = [rng.normal(0, 2, d) for d in (1, 2, 6) for _ in range(10)]
    results = call(*(["logDensity", z] for z in points), *(["distance", z] for z in points))
    for z, density, distance in zip(points, results[:30], results[30:], strict=True):
        assert density == pytest.approx(stats.norm.logpdf(z).sum(), abs=1e-9)
        assert distance == pytest.approx(np.linalg.norm(z), abs=1e-12)


def test_draws_are_from_the_prior(call):
    n = 20_000
    [draws] = np.array(call(["draw", 3, n]))
    # five standard errors: a correct generator exceeds them once in 200,000 runs
    np.testing.assert_allclose(draws.mean(axis=0), 0, atol=5 / n**0.5)
    np.testing.assert_allclose(np.cov(draws.T), np.eye(3), atol=5 * (2 / n) ** 0.5)
    assert stats.kstest(draws.ravel(), "norm").pvalue > 1e-6


@pytest.fixture
def cloud(rng):
    """120 codes of three classes in four dimensions, and their description for node."""
    codes = rng.normal(0, 1.5, (120, 4)).astype("float32").astype(float)
    labels = rng.integers(0, 3, 120) * 2
    return codes, labels, [codes, labels, 4]


def test_a_cloud_returns_its_codes_one_by_one(call, cloud):
    codes, _, given = cloud
    assert call(["code", given, 0], ["code", given, 57]) == codes[[0, 57]].tolist()


def test_codes_are_sorted_by_their_distance_in_all_dimensions(rng, call, cloud):
    codes, _, given = cloud
    for z in rng.normal(0, 2, (3, 4)):
        [order] = call(["byDistance", given, z])
        assert order == np.linalg.norm(codes - z, axis=1).argsort().tolist()


def test_the_class_around_a_point_is_that_of_most_of_its_neighbours(rng, call, cloud):
    codes, labels, given = cloud
    points = rng.normal(0, 2, (10, 4))
    answers = call(*(["around", given, z] for z in points), ["around", given, points[0], 1])
    for z, found in zip(points, answers, strict=False):
        nearest = np.linalg.norm(codes - z, axis=1).argsort()[:15]
        votes = np.bincount(labels[nearest])
        assert votes[found["label"]] == votes.max()
        assert found["share"] == pytest.approx(votes.max() / 15)
    nearest = np.linalg.norm(codes - points[0], axis=1).argmin()
    assert answers[-1] == {"label": labels[nearest], "share": 1}


def test_the_nearest_code_is_searched_in_the_plane_within_reach_among_visible_classes(
    rng, call, cloud
):
    codes, labels, given = cloud
    plane = LatentPlane.of_dims(4, (3, 0))
    places = rng.normal(0, 2, (40, 2))
    hidden = [[], [0], [0, 4], [0, 2, 4]]
    calls = [["nearest", given, described(plane), at, 0.3, off] for at in places for off in hidden]
    answers = iter(call(*calls))
    found = 0
    for at in places:
        for off in hidden:
            far = np.linalg.norm(plane.project(codes) - at, axis=1)
            far[np.isin(labels, off)] = np.inf
            expected = int(far.argmin()) if far.min() <= 0.3 else None
            found += expected is not None
            assert next(answers) == expected
    assert 20 < found < 140  # both answers occurred


@pytest.mark.parametrize("spread", [0.1, 1.5, 30])
def test_at_first_the_prior_and_nearly_all_codes_are_in_view(rng, call, spread):
    codes = rng.normal(0.7, spread, (1000, 4))
    plane = LatentPlane.of_pca(codes)
    [view] = call(["wholeView", described(plane), [[codes, None, 4], [codes / 2, None, 4]]])
    centre = plane.project(np.zeros(4))
    assert [view["x"], view["y"]] == pytest.approx(centre, abs=1e-9)
    assert view["half"] >= 3.4
    for points in map(np.array, view["points"]):
        inside = (np.abs(points - centre) < view["half"]).all(axis=1)
        assert inside.mean() > 0.98
    if spread > 1:  # and the view is no larger than necessary
        assert view["half"] < 1.1 * np.abs(view["points"][0] - centre).max()
    else:
        assert view["half"] == pytest.approx(3.4)


def test_without_codes_only_the_prior_is_in_view(call):
    [view] = call(["wholeView", described(LatentPlane.of_dims(2)), []])
    assert view == {"x": 0, "y": 0, "half": 3.4, "points": []}


def test_on_a_line_each_class_has_a_row_of_its_own(rng, call):
    codes, labels = rng.normal(0, 1, (300, 1)), rng.integers(0, 3, 300)
    [view] = call(["wholeView", described(LatentPlane.of_dims(1)), [[codes, labels, 1]]])
    x, y = np.array(view["points"][0]).T
    np.testing.assert_allclose(x, codes[:, 0].astype("float32"))
    rows = [y[labels == k] for k in range(3)]
    assert all(above.min() > below.max() for above, below in itertools.pairwise(rows))
    assert np.abs(y).max() < view["half"]
