import numpy as np
import pytest
from matplotlib.colors import to_rgb

from fidle_vae.figures.style import COLORS
from fidle_vae.films.frame import BOXES, HEIGHT, TrainingFrame
from fidle_vae.films.timeline import play, story_of
from tests.helpers.small_record import LABELS, small_record


def cut(frame, name, margin=0.0):
    """Return the part of a frame with the panel `name`, and `margin` inches around it."""
    inch = len(frame) / HEIGHT
    left, bottom, width, height = BOXES[name]
    sides = left - margin, left + width + margin
    rows = HEIGHT - bottom - height - margin, HEIGHT - bottom + margin
    (a, b), (c, d) = (np.rint(np.array(pair) * inch).astype(int) for pair in (rows, sides))
    return frame[a:b, c:d]


def places_of(color, panel):
    """Return where a panel shows a colour, in fractions of its size from the lower left corner."""
    near = np.abs(panel.astype(int) - np.rint(255 * np.array(color))).max(axis=-1) < 25
    rows, columns = np.nonzero(near)
    h, w = near.shape
    return np.c_[(columns + 0.5) / w, 1 - (rows + 0.5) / h]


@pytest.fixture(scope="module")
def story():
    record = small_record(moments=4, curves=("r_loss", "kl_loss"))
    for epoch in record.epochs.values():
        epoch.codes[:] *= 1.2  # so that the codes are no longer one heap
    return story_of(record, 5)


@pytest.fixture(scope="module")
def frame(story):
    return TrainingFrame("a title", story, 720)


def test_a_frame_has_the_size_of_the_film(frame, story):
    assert frame.draw(story.moments[0]).shape == (720, 1280, 3)
    assert TrainingFrame("", story, 360).draw(story.moments[0]).shape == (360, 640, 3)


def test_the_codes_are_drawn_at_their_places(story):
    """Check the middle of the dots of a single code, without labels."""
    record = small_record(epochs=2, moments=1)
    for time, epoch in record.epochs.items():
        epoch.codes[0, :] = [9, 9]  # all other codes lie outside
        epoch.codes[0, 4] = [-2.0 + time, 1.5]
    alone = story_of(record, 5)._replace(limits=np.array([[-4.0, 4.0], [-4.0, 4.0]]))
    frame = TrainingFrame("", alone, 720)
    for moment in alone.moments:
        panel = cut(frame.draw(moment._replace(names=np.full((3, 2), 99.0))), "codes")
        color = 0.7 * np.array(to_rgb(COLORS[LABELS[4]])) + 0.3  # opacity 0.7, on white
        middle = 8 * places_of(color, panel).mean(axis=0) - 4
        assert middle == pytest.approx([-2 + moment.time, 1.5], abs=0.05)


def test_only_the_moving_parts_of_a_frame_change(frame, story):
    first, second = (frame.draw(story.moments[i]) for i in (5, -1))
    differ = (first != second).any(axis=-1)
    for name in BOXES:
        assert cut(differ, name).any(), name
    for (
        left,
        bottom,
        width,
        height,
    ) in BOXES.values():  # with room for the ends of curves
        top, low = 100 * (HEIGHT - bottom - height) - 8, 100 * (HEIGHT - bottom) + 8
        differ[int(top) : int(low), int(100 * left) - 8 : int(100 * (left + width)) + 8] = False
    differ[:90, 800:] = False  # the counter
    assert not differ.any()


def test_a_frame_does_not_depend_on_what_was_drawn_before(frame, story):
    before = frame.draw(story.moments[3])
    frame.draw(story.moments[-1])
    np.testing.assert_array_equal(frame.draw(story.moments[3]), before)


def test_the_counter_shows_the_epoch_in_large_letters(frame, story):
    def counter(time):
        return frame.draw(story.moments[4]._replace(time=time))[:90, 800:]

    np.testing.assert_array_equal(counter(1.21), counter(1.29))
    assert (counter(1.2) != counter(1.3)).any()
    rows = np.nonzero((counter(1.2) < 100).all(axis=-1).any(axis=1))[0]
    assert np.ptp(rows) > 30  # pixels of 720


@pytest.mark.parametrize(
    ("time", "first", "expected"),
    [(0, 0, "before training"), (0.04, 0, "epoch 0.0 of 3"), (0.99, 0, "epoch 0.9 of 3"),
     (1, 0, "epoch 1.0 of 3"), (2 - 1e-9, 0, "epoch 2.0 of 3"), (3, 0, "epoch 3 of 3"),
     (2, 2, "epoch 2 of 3")],
)  # fmt: skip
def test_the_counter_shows_how_far_the_training_is(time, first, expected):
    story = story_of(small_record(first=first), 5)
    frame = TrainingFrame("", story, 180)
    frame.draw(story.moments[0]._replace(time=time))
    assert expected in [text.get_text() for text in frame._fig.texts]


@pytest.mark.parametrize("first", [0, 1])
def test_in_every_picture_of_a_film_the_counter_is_where_the_curves_end(first):
    story = story_of(small_record(first=first, epochs=4, moments=3), 5)
    frame, seen = TrainingFrame("", story, 180), 0
    for moment in play(story.moments, 40):
        frame.draw(moment)
        count = next(text.get_text() for text in frame._fig.texts if " of 4" in text.get_text() or
                     "before" in text.get_text())  # fmt: skip
        curve = frame._fig.axes[-1].lines[0].get_xdata()[-1]
        if count != "before training":
            assert 0 <= curve - float(count.split()[1]) < 0.1
            seen += 1
    assert seen >= 39
    assert count == "epoch 4 of 4"
    assert curve == 4


def test_originals_and_reconstructions_are_shown(frame, story):
    for i in (4, -1):
        moment = story.moments[i]
        panel = cut(frame.draw(moment), "images")
        half = len(panel) // 2
        width = panel.shape[0] // 2 * 5 // 6 * 4  # of four images of 6 x 5 pixels
        below = panel[half + 3 : -3, 3 : width - 3]
        assert np.abs(below / 255 - moment.reconstructed[0, 0, 0, 0]).max() < 0.01
        middle = panel[: half - 3, : width // 4][half // 12, width // 40]
        assert middle / 255 == pytest.approx(story.originals[0, 0, 0, 0], abs=0.02)
        decoded = cut(frame.draw(moment), "decoded")[5:-5, 5:200]
        assert np.abs(decoded / 255 - moment.decoded[0, 0, 0, 0]).max() < 0.01


def test_curves_grow_to_the_right(frame, story):
    for name in ("curve 0", "curve 1"):
        ends = []
        for time in (0.5, 1.5, 3.0):
            panel = cut(frame.draw(story.moments[4]._replace(time=time)), name)
            blue = places_of(to_rgb(COLORS[0]), panel)
            ends.append(3 * blue[:, 0].max() if len(blue) else 0)
        assert ends == pytest.approx([0, 1.5, 3], abs=0.2)


def test_frames_without_classes_or_of_another_latent_dimension_can_be_drawn():
    for options in ({"labels": None}, {"latent_dim": 1}, {"latent_dim": 5}, {"curves": ("loss",)}):
        story = story_of(small_record(**options), 5)
        shown = TrainingFrame("", story, 180).draw(story.moments[-1])
        assert cut(shown, "codes").std() > 10
