"""The table of a sweep while it runs: redrawn in a terminal, a line for each end elsewhere."""

import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from fidle_vae.common.wording import duration
from fidle_vae.sweeps.grid import text
from fidle_vae.sweeps.local import News
from fidle_vae.sweeps.outcomes import Outcome, read_outcome

ENDS = ("finished", "pruned", "failed")
MANY = 1000  # trials, of which a table takes too long to be drawn at every end
NUMBERS = ("ELBO", "rate", "distortion", "time")


class Table:
    """A row for each trial: its values, how far it is, and its numbers, in nats per image.

    Args:
        root: the folder of the sweep.
        outcomes: what came of each trial before.
        out: where to write; by default standard output.
    """

    def __init__(self, root: Path, outcomes: Sequence[Outcome], out: TextIO | None = None):
        self.root, self.out = root, out or sys.stdout
        self.outcomes = {each.trial.name: each for each in outcomes}
        self._states = {name: each.words for name, each in self.outcomes.items()}
        self._running: list[str] = []
        ended = (name for name, each in self.outcomes.items() if each.status in ENDS)
        self._ended = dict.fromkeys(ended)  # in the order in which they ended
        self.live, self._lines, self._drawn = self.out.isatty(), 0, 0.0
        self._draw()

    def update(self, news: News) -> None:
        """Show what happened to a trial."""
        name = news.trial.name
        match news.what:
            case "started":
                self._running = [*self._without(name), name]
                self._states[name] = "started"
            case "epoch":
                epochs = news.trial.parameters["epochs"]
                self._states[name] = f"epoch {news.epoch}/{epochs}"
                self.outcomes[name] = self.outcomes[name]._replace(elbo=news.elbo)
            case "again":
                self._states[name] = "tried again"
                self._say(f"{news.trial.title}: failed, and is tried again: {news.error}")
            case _:
                self._end(name, news)
        self._draw(at_once=news.what != "epoch" and len(self.outcomes) < MANY)

    def results(self) -> list[Outcome]:
        """Return what came of each trial; of one that was stopped in the middle, that it was."""
        for name in self._running:
            self.outcomes[name] = read_outcome(self.root, self.outcomes[name].trial)
        self._draw()
        return list(self.outcomes.values())

    def summary(self) -> str:
        """Return how many trials are in which state, and the best one."""
        states = [each.status for each in self.outcomes.values()]
        parts = [f"{states.count('finished')} of {len(states)} trials are finished"]
        parts += [f"{states.count(each)} {each}" for each in ("pruned", "failed") if each in states]
        if self._running:
            parts.append(f"{len(self._running)} running")
        finished = [each for each in self.outcomes.values() if each.status == "finished"]
        if finished:
            best = max(finished, key=lambda each: each.elbo)
            parts.append(f"best ELBO {best.elbo:.2f} ({best.trial.title})")
        return ", ".join(parts)

    def _end(self, name, news):
        self._running = self._without(name)
        outcome = read_outcome(self.root, news.trial)
        if news.what == "failed":  # also where its process died, which no run knows
            outcome = outcome._replace(status="failed", error=news.error)
        self.outcomes[name], self._states[name] = outcome, outcome.words
        self._ended.pop(name, None)
        self._ended[name] = None
        place = f"[{len(self._ended):{len(str(len(self.outcomes)))}}/{len(self.outcomes)}]"
        error = f": {outcome.error}" if outcome.status == "failed" else ""
        words = [f"{place} {news.trial.title}", f"{outcome.words}{error}"]
        numbers = zip(NUMBERS, _numbers(outcome), strict=True)
        words += [f"{title} {number}" for title, number in numbers if number]
        self._say("   ".join(words))

    def _without(self, name):
        return [each for each in self._running if each != name]

    def _say(self, line):
        if not self.live:
            print(line, file=self.out, flush=True)

    def _draw(self, at_once=True):
        """Write the table over the one before; at most four times a second."""
        now = time.monotonic()
        if not self.live or not (at_once or now > self._drawn + 0.25):
            return
        width, height = shutil.get_terminal_size()
        lines = self._rows(height - 3)
        lines.append(self.summary())
        up = f"\x1b[{self._lines}F" if self._lines else ""
        body = "".join(f"\x1b[K{line[: width - 1]}\n" for line in lines)
        self.out.write(f"{up}{body}\x1b[J")
        self.out.flush()
        self._lines, self._drawn = len(lines), now

    def _rows(self, room):
        """Return the lines of the table: all rows, or where too many, those of now."""
        chosen = list(self.outcomes)
        if len(chosen) + 1 > room:
            ended = list(self._ended)[-max(0, room - 1 - len(self._running)) :]
            shown = {*ended, *self._running}
            chosen = [name for name in chosen if name in shown][: room - 1]
        names = list(next(iter(self.outcomes.values())).trial.values)
        table = [[*names, "", *NUMBERS]]
        for name in chosen:
            outcome = self.outcomes[name]
            values = [text(value) for value in outcome.trial.values.values()]
            table.append([*values, self._states[name], *_numbers(outcome)])
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        return ["  ".join(map(str.rjust, row, widths)) for row in table]


def _numbers(outcome):
    """Return the numbers of a trial as texts; empty where there are none."""
    numbers = [outcome.elbo, outcome.rate, outcome.distortion]
    words = ["" if number is None else f"{number:.2f}" for number in numbers]
    return [*words, "" if outcome.seconds is None else duration(outcome.seconds)]
