import io

import pytest

from fidle_vae.course.execute import Place
from fidle_vae.course.progress import Progress
from fidle_vae.course.time_left import TimeLeft

FIRST = "epoch 1/10   ELBO -172.6 (held out -170.1)   r_loss 0.2011 (0.1998)   2.1 s\n"
SECOND = "epoch  2/10   ELBO -160.2 (held out -157.2)   r_loss 0.1911 (0.1898)   2.1 s\n"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def still_clock(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("fidle_vae.course.progress.time.monotonic", lambda: 100.0)


def start(stream, seconds=None, news=lambda: None):
    return Progress("VAE1", "1 of 2", TimeLeft({"VAE1": seconds, "VAE2": seconds}), news, stream)


def steps(stream):
    """What a terminal has shown, one step after the other."""
    return stream.getvalue().split("\r\x1b[K")[1:]


def test_a_terminal_has_one_line_with_section_epoch_losses_and_time_left():
    stream = Terminal()
    progress = start(stream, seconds=60)
    progress.cell(Place(3, 12, "4. Train a network for a long time"))
    progress.output(FIRST)
    progress.output(SECOND)
    progress.done("done in 3 s")
    shown = steps(stream)
    assert [step.rstrip() for step in shown] == [
        "VAE1  starting  0:00  2 min left",
        "VAE1  4. Train a network for a long time  cell 3/12  0:00  2 min left",
        "VAE1  4. Train a network for a...  epoch 1/10  ELBO -170.1  0:00  2 min left",
        "VAE1  4. Train a network...  epoch 2/10  ELBO -170.1 → -157.2  0:00  2 min left",
        "VAE1  done in 3 s",
    ]
    assert stream.getvalue().count("\n") == 1
    assert all(len(step) < 80 for step in shown)


def test_a_title_does_not_name_the_lesson_twice():
    stream = Terminal()
    start(stream).cell(Place(1, 2, "VAE1: a small lesson"))
    assert steps(stream)[-1] == "VAE1  a small lesson  cell 1/2  0:00"


def test_no_line_is_wider_than_the_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    stream = Terminal()
    progress = start(stream, seconds=60)
    progress.cell(Place(3, 12, "4. Train a network for a long time"))
    progress.output(FIRST + SECOND)
    assert max(map(len, steps(stream))) == 39


def test_a_line_may_come_in_pieces_and_keras_has_one_of_its_own():
    stream = Terminal()
    progress = start(stream)
    progress.cell(Place(3, 12, ""))
    for piece in ("Epo", "ch 4/1", "0\n 1/19 loss 3\r", " 2/19 loss 2\n"):
        progress.output(piece)
    assert [step.split()[1:3] for step in steps(stream)[-2:]] == [
        ["cell", "3/12"],
        ["epoch", "4/10"],
    ]


def test_the_next_cell_has_no_epoch_and_another_training_its_own_first_loss():
    stream = Terminal()
    progress = start(stream)
    progress.cell(Place(1, 2, "Train"))
    progress.output(FIRST + SECOND)
    progress.output(FIRST.replace("-170.1", "-180.3"))
    assert "ELBO -180.3  " in steps(stream)[-1]
    progress.cell(Place(2, 2, "Look"))
    assert "epoch" not in steps(stream)[-1]
    assert "ELBO" not in steps(stream)[-1]


def test_a_training_without_held_out_images_shows_its_own_loss():
    stream = Terminal()
    progress = start(stream)
    progress.cell(Place(1, 2, "Train"))
    progress.output("epoch 1/2   loss 0.0462   mae 0.1   1.0 s\n")
    assert "epoch 1/2  loss 0.0462" in steps(stream)[-1]


def test_a_log_has_a_line_for_the_start_and_one_for_the_end():
    stream = io.StringIO()
    progress = start(stream, seconds=60)
    for number in range(1, 13):
        progress.cell(Place(number, 12, "4. Train"))
        progress.output(FIRST + SECOND)
        progress.tick()
    progress.done("done in 3 s")
    assert stream.getvalue().splitlines() == [
        "VAE1  started, lesson 1 of 2, about 2 min left",
        "VAE1  done in 3 s",
    ]


def test_without_a_time_in_the_catalogue_none_is_named():
    terminal, log = Terminal(), io.StringIO()
    start(terminal)
    start(log)
    assert log.getvalue() == "VAE1  started, lesson 1 of 2\n"
    assert "left" not in terminal.getvalue()


def test_news_stay_above_the_line_that_changes():
    news = iter([None, "Dataset: digits", None])
    stream = Terminal()
    progress = start(stream, news=lambda: next(news))
    progress.cell(Place(1, 2, "One"))
    progress.cell(Place(2, 2, "Two"))
    progress.done("done in 3 s")
    lines = [line.split("\r\x1b[K")[-1] for line in stream.getvalue().split("\n")]
    assert lines == ["Dataset: digits", "VAE1  done in 3 s", ""]


def test_a_log_of_any_encoding_can_be_written():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    start(stream).done("β does not hold")
    stream.seek(0)
    assert stream.read().endswith("VAE1  ? does not hold\n")
