"""How long lessons will still take, from the catalogue's times and those of this machine."""

from collections.abc import Mapping


class TimeLeft:
    """Estimates the time that is left of a run of lessons.

    Args:
        expected: the seconds of each lesson by the catalogue, in the order in which they run; None
            where they are not known.
    """

    def __init__(self, expected: Mapping[str, float | None]):
        self._expected, self._taken = dict(expected), {}

    def took(self, lesson: str, seconds: float) -> None:
        """Note how long a lesson took on this machine."""
        self._taken[lesson] = seconds

    def seconds(self, lesson: str, elapsed: float, share: float) -> float | None:
        """Return the seconds left for a lesson that runs and for those after it, or None.

        Args:
            lesson: the lesson that runs.
            elapsed: seconds since its start.
            share: the share of its cells that are done, from 0 to 1.
        """
        names = list(self._expected)
        later = names[names.index(lesson) + 1 :]
        if any(self._expected[name] is None for name in (lesson, *later)):
            return None
        speed = self._speed()
        total = self._expected[lesson] * speed
        if elapsed < total:  # cells take unequal times: the clock knows as much as their number
            left = ((1 - share) * total + total - elapsed) / 2
        else:
            left = elapsed * (1 - share) / max(share, 0.1)
        return left + sum(self._expected[name] for name in later) * speed

    def _speed(self):
        """Return the time that this machine takes for 1 s of the catalogue's."""
        known = [name for name in self._taken if self._expected[name]]
        expected = sum(self._expected[name] for name in known)
        return sum(self._taken[name] for name in known) / expected if known else 1.0


def roughly(seconds: float) -> str:
    """Return a time that was estimated, in few words: "40 s", "3 min", "1 h 5 min"."""
    if seconds < 95:
        return f"{max(10 * round(seconds / 10), 5)} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
