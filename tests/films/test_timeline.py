import numpy as np
import pytest

from fidle_vae.films.timeline import play, story_of
from tests.helpers.small_record import LABELS, SPEED, small_record


def positions(count, moments):
    """Return the position of each frame among the moments, 0 to moments - 1, evenly spread."""
    return np.interp(np.arange(count), np.linspace(0, count - 1, moments), np.arange(moments))


def test_all_moments_are_projected_onto_the_same_plane():
    story = story_of(small_record(), 5)
    for moment in story.moments:
        np.testing.assert_allclose(moment.points, moment.time * SPEED)
    assert [moment.time for moment in story.moments] == [0, 0.5, 1, 1.5, 2, 2.5, 3]
    assert story.epochs == (0, 3)


def test_everything_is_interpolated_linearly_between_two_moments():
    """The codes move at a constant speed here, so a frame's time determines where they are."""
    story = story_of(small_record(), 5)
    played = list(play(story.moments, 31))
    assert len(played) == 31
    np.testing.assert_allclose([m.time for m in played], positions(31, 7) / 2, atol=1e-9)
    for moment in played:
        np.testing.assert_allclose(moment.points, moment.time * SPEED, atol=1e-9)
        level = min(moment.time / 4, 1)
        np.testing.assert_allclose(moment.reconstructed, level, atol=1e-9)
        np.testing.assert_allclose(moment.decoded, level, atol=1e-9)


@pytest.mark.parametrize("count", [7, 8, 20, 33])
def test_each_recorded_moment_has_a_frame(count):
    story = story_of(small_record(), 5)
    times = [moment.time for moment in play(story.moments, count)]
    assert len(times) == count
    assert {round(time, 9) for time in times} >= {0, 0.5, 1, 1.5, 2, 2.5, 3}
    assert (np.diff(times) > 0).all()


def test_the_square_holds_the_prior_and_all_codes_but_those_of_the_first_two_epochs():
    record = small_record(epochs=4, curves=("r_loss", "kl_loss"))
    record.epochs[1].codes[:] = 50  # far away, but they come back
    record.epochs[3].codes[0, 5] = [-7, 1]
    story = story_of(record, 5)
    (left, right), (low, high) = story.limits
    assert right - left == pytest.approx(high - low)
    assert -8.5 < left < -7
    assert 3.3 < right < 4.5
    assert low < -3.3
    assert high > 3.3
    short = small_record(epochs=1)
    short.epochs[1].codes[:] = 50  # far away, and they stay there
    assert story_of(short, 5).limits.max() > 50


def test_more_than_two_dimensions_are_projected_where_the_last_codes_vary_most():
    record = small_record(latent_dim=4)
    rng = np.random.default_rng(0)
    wide = rng.standard_normal((12, 4)) * [0.1, 5, 0.1, 2]
    record.epochs[3].codes[-1] = wide
    story = story_of(record, 5)
    assert story.codes.plane.names == ("PC 1", "PC 2")
    spread = story.moments[-1].points.std(axis=0)
    assert spread == pytest.approx(np.sort(wide.std(axis=0))[::-1][:2], rel=0.2)
    directions = np.abs(story.codes.plane.axes)
    assert directions.argmax(axis=1).tolist() == [1, 3]


def test_in_one_dimension_each_class_keeps_its_row():
    story = story_of(small_record(latent_dim=1), 5)
    for moment in story.moments:
        assert np.abs(moment.points[:, 1] - LABELS).max() < 0.31
        np.testing.assert_array_equal(moment.points[:, 1], story.moments[0].points[:, 1])


def test_each_term_has_a_curve_for_training_and_held_out_images():
    story = story_of(small_record(curves=("loss", "r_loss", "kl_loss")), 5)
    assert list(story.curves) == ["r_loss", "kl_loss"]
    assert story.curves["r_loss"] == {
        "": {1: 2.0, 2: 1.5, 3: pytest.approx(4 / 3)},
        "val_": {1: 2.5, 2: 1.75, 3: 1.5},
    }
    assert list(story_of(small_record(curves=("loss",)), 5).curves) == ["loss"]
    record = small_record()
    for epoch in record.epochs.values():
        epoch.logs.pop("val_r_loss", None)
    assert list(story_of(record, 5).curves["r_loss"]) == [""]


def test_in_every_picture_a_name_stands_at_a_code_of_its_class():
    record = small_record(epochs=5, moments=3)
    rng = np.random.default_rng(1)
    for epoch in record.epochs.values():
        epoch.codes[:] = 3 * rng.standard_normal(epoch.codes.shape)  # they jump to and fro
    for moment in play(story_of(record, 5).moments, 100):
        for k, name in enumerate(moment.names):
            nearest = np.linalg.norm(moment.points[k == LABELS] - name, axis=1).min()
            assert nearest == pytest.approx(0, abs=1e-9)


def test_at_the_end_no_name_hides_another_though_the_classes_meet():
    record = small_record(labels=np.arange(12) % 2)
    angles = np.arange(12) // 2 * np.pi / 3
    for epoch in record.epochs.values():  # both classes on one circle, with the same middle
        epoch.codes[:] = 2 * np.c_[np.cos(angles), np.sin(angles)]
    first, second = story_of(record, 5).moments[-1].names
    assert np.linalg.norm(first - second) > 1


def test_only_a_training_that_reports_a_kl_has_a_prior_and_room_for_its_circles():
    autoencoder, vae = (
        story_of(small_record(curves=curves), 5) for curves in (("loss",), ("r_loss", "kl_loss"))
    )
    assert (autoencoder.prior, vae.prior) == (False, True)
    far = np.abs(3 * SPEED).max()
    assert np.ptp(autoencoder.limits[0]) < 2.1 * far < 6.6 < np.ptp(vae.limits[0])
