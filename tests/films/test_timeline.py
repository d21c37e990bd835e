import numpy as np
import pytest

from fidle_vae.films.timeline import play, story_of
from tests.helpers.small_record import LABELS, SPEED, small_record


def positions(count, moments):
    """Return the position of each frame among the moments, 0 to moments - 1, evenly spread."""
    return np.interp(np.arange(count), np.linspace(0, count - 1, moments), np.arange(moments))


def test_all_moments_are_projected_onto_the_same_plane():
    story = story_of(small_record())
    for moment in story.moments:
        np.testing.assert_allclose(moment.points, moment.time * SPEED)
        np.testing.assert_allclose(
            moment.names,
            [np.median(moment.time * SPEED[k == LABELS], axis=0) for k in range(3)],
        )
    assert [moment.time for moment in story.moments] == [0, 0.5, 1, 1.5, 2, 2.5, 3]
    assert story.epochs == (0, 3)


def test_everything_is_interpolated_linearly_between_two_moments():
    """The codes move at a constant speed here, so a frame's time determines where they are."""
    story = story_of(small_record())
    played = list(play(story, 31, inches=5, pull=1))
    assert len(played) == 31
    np.testing.assert_allclose([m.time for m in played], positions(31, 7) / 2, atol=1e-9)
    for moment in played:
        np.testing.assert_allclose(moment.points, moment.time * SPEED, atol=1e-9)
        level = min(moment.time / 4, 1)
        np.testing.assert_allclose(moment.reconstructed, level, atol=1e-9)
        np.testing.assert_allclose(moment.decoded, level, atol=1e-9)


@pytest.mark.parametrize("count", [7, 8, 20, 33])
def test_each_recorded_moment_has_a_frame(count):
    story = story_of(small_record())
    times = [moment.time for moment in play(story, count, inches=5, pull=1)]
    assert len(times) == count
    assert {round(time, 9) for time in times} >= {0, 0.5, 1, 1.5, 2, 2.5, 3}
    assert (np.diff(times) > 0).all()


def test_the_square_holds_the_prior_and_all_codes_but_those_of_the_first_two_epochs():
    record = small_record(epochs=4)
    record.epochs[1].codes[:] = 50  # far away, but they come back
    record.epochs[3].codes[0, 5] = [-7, 1]
    story = story_of(record)
    (left, right), (low, high) = story.limits
    assert right - left == pytest.approx(high - low)
    assert -8.5 < left < -7
    assert 3.3 < right < 4.5
    assert low < -3.3
    assert high > 3.3
    short = small_record(epochs=1)
    short.epochs[1].codes[:] = 50  # far away, and they stay there
    assert story_of(short).limits.max() > 50


def test_more_than_two_dimensions_are_projected_where_the_last_codes_vary_most():
    record = small_record(latent_dim=4)
    rng = np.random.default_rng(0)
    wide = rng.standard_normal((12, 4)) * [0.1, 5, 0.1, 2]
    record.epochs[3].codes[-1] = wide
    story = story_of(record)
    assert story.codes.plane.names == ("PC 1", "PC 2")
    spread = story.moments[-1].points.std(axis=0)
    assert spread == pytest.approx(np.sort(wide.std(axis=0))[::-1][:2], rel=0.2)
    directions = np.abs(story.codes.plane.axes)
    assert directions.argmax(axis=1).tolist() == [1, 3]


def test_in_one_dimension_each_class_keeps_its_row():
    story = story_of(small_record(latent_dim=1))
    for moment in story.moments:
        assert np.abs(moment.points[:, 1] - LABELS).max() < 0.31
        np.testing.assert_array_equal(moment.points[:, 1], story.moments[0].points[:, 1])


def test_each_term_has_a_curve_for_training_and_held_out_images():
    story = story_of(small_record(curves=("loss", "r_loss", "kl_loss")))
    assert list(story.curves) == ["r_loss", "kl_loss"]
    assert story.curves["r_loss"] == {
        "": {1: 2.0, 2: 1.5, 3: pytest.approx(4 / 3)},
        "val_": {1: 2.5, 2: 1.75, 3: 1.5},
    }
    assert list(story_of(small_record(curves=("loss",))).curves) == ["loss"]
    record = small_record()
    for epoch in record.epochs.values():
        epoch.logs.pop("val_r_loss", None)
    assert list(story_of(record).curves["r_loss"]) == [""]


def test_labels_follow_their_classes_and_do_not_overlap():
    record = small_record(moments=1)
    record.epochs[3].codes[0] = 9 * np.eye(3)[LABELS][:, :2]
    played = list(play(story_of(record), 200, inches=5, pull=0.3))
    first = np.sort(played[0].names[:, 1])
    assert np.diff(first).min() > 0.3  # although all codes are at one place
    np.testing.assert_allclose(played[-1].names, 9 * np.eye(3)[:, :2], atol=0.5)
