"""Run trials on this machine, several at a time, each in a process that others' deaths spare."""

import contextlib
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from fidle_vae.common.sharing import beside_others, one_gpu_each
from fidle_vae.sweeps.grid import Trial

TRIALS_EACH = 20  # of a process, which takes seconds to start, and keeps some memory of each
# One thread for each process: small networks train no faster in several, and sums have the same
# last digits however many trials run at a time.
SHARES = beside_others(threads=1)


class News(NamedTuple):
    """What happened to a trial: it has started, has done an epoch, or has ended."""

    trial: Trial
    what: str
    """One of "started", "epoch", "again" (it failed, and is retried) and the ends "finished",
    "pruned" and "failed"."""
    epoch: int | None = None
    elbo: float | None = None
    error: str = ""


def run_local(
    trials: Sequence[Trial],
    root: Path,
    tell: Callable[[News], None],
    *,
    jobs: int | None = None,
    retries: int = 1,
    prune: bool = False,
    tracker: str | None = None,
) -> None:
    """Run trials in `jobs` processes until each has ended; these take the GPUs in turn.

    Args:
        trials: what to train.
        root: the folder of the sweep.
        tell: called with all news, in the thread of the caller.
        jobs: how many trials to run at a time; None for one on each core.
        retries: how often to try a trial again that failed, or whose process died.
        prune: whether to end hopeless trials early, see `pruning`.
        tracker: where each trial logs its epochs, as in `train`.
    """
    jobs = min(jobs or os.cpu_count() or 1, len(trials))
    waiting, news = queue.SimpleQueue(), queue.SimpleQueue()
    for trial in trials:
        waiting.put(trial)
    message = {"root": str(root), "prune": prune, "tracker": tracker}
    gpus = itertools.islice(one_gpu_each(), jobs)
    places = [
        _Place(message, root / f"worker-{number}.log", retries, gpu)
        for number, gpu in enumerate(gpus, 1)
    ]
    threads = [
        threading.Thread(target=place.work, args=(waiting, news), daemon=True) for place in places
    ]
    for thread in threads:
        thread.start()
    at_work = jobs
    try:
        while at_work:
            try:
                each = news.get(timeout=0.5)  # on Windows, no signal comes to one that waits longer
            except queue.Empty:
                continue
            if isinstance(each, BaseException):
                raise each
            if each is None:
                at_work -= 1
            else:
                tell(each)
    finally:
        for place in places:
            place.close()
        for thread in threads:
            thread.join(10)


class _Place:
    """Room for one trial at a time, with the process that runs it."""

    def __init__(self, message, log, retries, gpu):
        self.message, self.log, self.retries, self.gpu = message, log, retries, gpu
        self._process, self._left, self._closed = None, 0, False

    def work(self, waiting, news):
        """Run trials until none waits; put all news into a queue, and None at the end."""
        try:
            while not self._closed:
                try:
                    trial = waiting.get_nowait()
                except queue.Empty:
                    break
                self._try(trial, news.put)
            news.put(None)
        except BaseException as error:  # it belongs to the caller
            news.put(error)
        finally:
            self._stop()

    def close(self):
        """End the process, also in the middle of a training; its thread sees that it ended."""
        self._closed = True
        if process := self._process:
            process.kill()

    def _try(self, trial, tell):
        for left in reversed(range(self.retries + 1)):
            tell(News(trial, "started"))
            end, error = self._run(trial, tell)
            if end != "failed" or self._closed:
                break
            self._stop()
            tell(News(trial, "again" if left else "failed", error=error))
        else:
            return
        if not self._closed:
            tell(News(trial, end))

    def _run(self, trial, tell):
        """Return how a trial ended, and why if it failed."""
        if not self._left:
            self._stop()
            self._start()
        if self._closed:
            return "failed", "closed"
        self._left -= 1
        process = self._process
        try:
            print(json.dumps({"trial": trial, **self.message}), file=process.stdin, flush=True)
            for line in process.stdout:
                answer = json.loads(line)
                if "end" in answer:
                    return answer["end"], answer.get("error", "")
                tell(News(trial, "epoch", answer["epoch"], answer["elbo"]))
        except (OSError, ValueError):  # it died, or was closed
            pass
        code = process.wait()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return "failed", f"its process died with {how}; {self.log} may say why"

    def _start(self):
        with self.log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "fidle_vae.sweeps.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
                env={**SHARES, **os.environ, **self.gpu},
                start_new_session=True,  # Ctrl-C comes to us alone
            )
        self._left = TRIALS_EACH

    def _stop(self):
        process, self._process, self._left = self._process, None, 0
        if process is None:
            return
        process.kill()
        process.wait()
        process.stdout.close()
        with contextlib.suppress(OSError):  # what it did not read
            process.stdin.close()
