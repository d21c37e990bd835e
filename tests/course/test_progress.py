import io

import pytest

from fidle_vae.course.execute import Place
from fidle_vae.course.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")


def show(stream):
    progress = Progress("VAE1", stream)
    progress.tick()  # before there is anything to show
    progress.cell(Place(3, 12, "4. Train a network for a long time"))
    progress.output("Epo")
    progress.output("ch 1/1")
    progress.output("0\n 1/19 loss 3\r")
    progress.output(" 2/19 loss 2\n")
    progress.tick()
    progress.output("Epoch 2/10\n")
    progress.done("done in 3 s")
    return stream.getvalue()


def test_a_terminal_has_one_line_that_changes():
    shown = show(Terminal())
    assert shown.count("\n") == 1
    *steps, last = shown.split("\r\x1b[K")[1:]
    assert len(steps) == 4
    assert all(len(step) < 40 for step in steps)
    assert steps[1] == "VAE1  cell 3/12  4. T  epoch 1/10  0:00"
    assert last == "VAE1  done in 3 s\n"


def test_a_log_has_a_line_for_each_cell_and_epoch():
    assert show(io.StringIO()).splitlines() == [
        "VAE1  cell 3/12  4. Train a network for a long time  0:00",
        "VAE1  cell 3/12  4. Train a network for a long time  epoch 1/10  0:00",
        "VAE1  cell 3/12  4. Train a network for a long time  epoch 2/10  0:00",
        "VAE1  done in 3 s",
    ]


def test_the_next_cell_has_no_epoch_yet():
    stream = io.StringIO()
    progress = Progress("VAE1", stream)
    progress.cell(Place(1, 2, "Train"))
    progress.output("Epoch 1/10\nEpoch 2")
    progress.cell(Place(2, 2, "Look"))
    progress.output("/10\n")
    assert stream.getvalue().splitlines()[-1] == "VAE1  cell 2/2  Look  0:00"
