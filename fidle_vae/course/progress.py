"""Show how far a lesson is: one line that changes on a terminal, a line for each step in a log."""

import re
import shutil
import sys
import time


class Progress:
    """The progress of a lesson, by cell and, where Keras trains, by epoch.

    Args:
        name: what to call the lesson.
        stream: where to write; None takes standard output.
    """

    def __init__(self, name: str, stream=None):
        self.name, self.stream = name, stream or sys.stdout
        self._start = time.monotonic()
        self._place = self._epoch = self._tail = ""
        self._live = self.stream.isatty()

    def cell(self, place) -> None:
        """Note that the execution has reached a cell, an `execute.Place`."""
        self._place, self._epoch, self._tail = place, "", ""
        self._show()

    def output(self, text: str) -> None:
        """Find the current epoch in what the cell prints."""
        text = self._tail + text
        self._tail = text.rpartition("\n")[2][-40:]  # a line may come in pieces
        epochs = re.findall(r"^Epoch (\d+/\d+)\n", text, flags=re.MULTILINE)
        if epochs and epochs[-1] != self._epoch:
            self._epoch = epochs[-1]
            self._show()

    def tick(self) -> None:
        """Update the time that a terminal shows."""
        if self._live and self._place:
            self._show()

    def done(self, text: str) -> None:
        """Write how the lesson ended, in a line that stays."""
        self._write("\r\x1b[K" * self._live + f"{self.name}  {text}\n")

    def _show(self):
        minutes, seconds = divmod(int(time.monotonic() - self._start), 60)
        head = f"{self.name}  cell {self._place.number}/{self._place.count}"
        epoch = f"  epoch {self._epoch}" if self._epoch else ""
        tail = f"{epoch}  {minutes}:{seconds:02}"
        section = self._place.section
        if self._live:  # a line that wraps could not be overwritten
            width = shutil.get_terminal_size().columns
            room = width - len(head) - len(tail) - 3
            line = f"{head}  {section[: max(room, 0)]}{tail}"
            self._write(f"\r\x1b[K{line[: width - 1]}")
        else:
            self._write(f"{head}  {section}{tail}\n" if section else f"{head}{tail}\n")

    def _write(self, text):
        self.stream.write(text)
        self.stream.flush()
