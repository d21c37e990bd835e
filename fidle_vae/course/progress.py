"""Show how far a lesson is: one line that changes on a terminal; in a log, its start and end."""

import re
import shutil
import sys
import textwrap
import time
from collections.abc import Callable

from fidle_vae.course.time_left import TimeLeft, roughly

# An epoch as Keras begins it, or as `EpochLines` prints it at its end, with its first metric.
EPOCH = re.compile(r"[Ee]poch +(\d+)/(\d+)(?:   (\S+) (\S+)(?: \(held out (\S+)\))?)?")
LONGEST_LINE = 1000  # characters; what is printed may have no end of a line


class Progress:
    """The progress of a lesson: its section, epoch and losses, and the time left.

    Args:
        name: what to call the lesson.
        place: of this lesson among all, such as "2 of 4".
        time_left: of all lessons that run.
        news: returns a line to show once, or None; called at every cell.
        stream: where to write; None takes standard output.
        alone: whether no other lesson runs at the same time, so that a terminal's line is its own.
    """

    def __init__(
        self,
        name: str,
        place: str,
        time_left: TimeLeft,
        news: Callable[[], str | None] = lambda: None,
        stream=None,
        alone: bool = True,
    ):
        self.name, self.stream = name, stream or sys.stdout
        self._time_left, self._news = time_left, news
        self._start = time.monotonic()
        self._place, self._tail = None, ""
        self._forget_epochs()
        self._live = alone and self.stream.isatty()
        if self._live:
            self._show()
        else:
            left = f", about {self._left()} left" if self._left() else ""
            self._write(f"{name}  started, lesson {place}{left}\n")

    def cell(self, place) -> None:
        """Note that the execution has reached a cell, an `execute.Place`."""
        self._place, self._tail = place, ""
        self._forget_epochs()
        self._tell_news()
        self.tick()

    def output(self, text: str) -> None:
        """Find epochs and their losses in what the cell prints."""
        *lines, tail = (self._tail + text).split("\n")  # a line may come in pieces
        self._tail = tail[-LONGEST_LINE:]
        for line in lines:
            if found := EPOCH.match(line):
                self._note_epoch(found)
                self.tick()

    def tick(self) -> None:
        """Bring the line of a terminal up to date."""
        if self._live:
            self._show()

    def done(self, text: str) -> None:
        """Write how the lesson ended, in a line that stays."""
        self._tell_news()
        self._write(f"{self.name}  {text}\n")

    def _tell_news(self):
        if line := self._news():
            self._write(f"{line}\n")

    def _forget_epochs(self):
        self._epoch, self._epochs_done, self._first, self._loss = "", 0.0, "", ""

    def _note_epoch(self, found):
        number, total = int(found[1]), int(found[2])
        metric, value = found[3], found[5] or found[4]  # on held-out images, if there are any
        self._epoch = f"epoch {number}/{total}"
        self._epochs_done = (number if metric else number - 1) / total
        if metric:
            self._first = value if number == 1 else self._first or value
            since = "" if self._first == value else f"{self._first} → "
            self._loss = f"{metric} {since}{value}"

    def _left(self):
        """Return the time left in words; empty if it is not known."""
        share = 0.0
        if self._place:
            share = (self._place.number - 1 + self._epochs_done) / self._place.count
        left = self._time_left.seconds(self.name, time.monotonic() - self._start, share)
        return "" if left is None else roughly(left)

    def _show(self):
        minutes, seconds = divmod(int(time.monotonic() - self._start), 60)
        cell = f"cell {self._place.number}/{self._place.count}" if self._place else "starting"
        left = self._left()
        parts = [self._epoch or cell, self._loss, f"{minutes}:{seconds:02}", f"{left} left"]
        tail = "".join(f"  {part}" for part in parts[: None if left else -1] if part)
        section = self._place.section.removeprefix(f"{self.name}: ") if self._place else ""
        width = shutil.get_terminal_size().columns
        room = width - len(self.name) - len(tail) - 3
        section = textwrap.shorten(section, room, placeholder="...") if room > 3 else ""
        line = self.name + (f"  {section}" if section else "") + tail
        self._write(line[: width - 1])  # a line that wraps could not be overwritten

    def _write(self, text):
        encoding = self.stream.encoding or "utf-8"
        text = text.encode(encoding, "replace").decode(encoding)  # "→" is not in every encoding
        self.stream.write("\r\x1b[K" * self._live + text)
        self.stream.flush()
