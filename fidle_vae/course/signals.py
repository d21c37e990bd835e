"""Ctrl-C and SIGTERM as requests to stop, so that a run ends in order."""

import signal
from collections.abc import Callable


class StopSignals:
    """A context in which SIGINT (Ctrl-C) and SIGTERM only request a stop.

    Attributes:
        received: the number of the signal that came first, or None.
        listeners: functions, each called when it comes.
    """

    def __init__(self):
        self.received: int | None = None
        self.listeners: set[Callable[[], object]] = set()

    def __enter__(self):
        self._former = {
            number: signal.signal(number, self._receive)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def __exit__(self, *_):
        for number, handler in self._former.items():
            signal.signal(number, handler)

    def _receive(self, number, _):
        if self.received is None:
            self.received = number
            for listener in list(self.listeners):
                listener()
