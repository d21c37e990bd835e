"""Run contenders in turn, and build tables of the results.

`alternate` runs A B C A B C ..., each time in a fresh process, so that no contender warms another's
caches or takes its threads, and a slowdown of the machine affects all of them. Ratios are computed
within a round, between runs that are close in time.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple


class Contender(NamedTuple):
    """One process to measure: `python <arguments>`, with these environment variables added."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = {}


def alternate(contenders: Mapping[str, Contender], rounds: int) -> dict[str, list[dict]]:
    """Run every contender once per round; return the values of each, round by round.

    Values are what the process prints as JSON on its last line, if anything, and for every process
    `process_wall` and `process_cpu` in seconds and `process_peak`, its peak resident memory in
    bytes. Linux initially counts the memory of the calling process as that of the new one: to
    measure memory, the caller must be smaller than the contenders, so import nothing heavy.
    """
    if rounds < 1:
        raise SystemExit(f"--rounds must be 1 or more; got {rounds}: try 3.")
    results = {name: [] for name in contenders}
    for number in range(rounds):
        for name, contender in contenders.items():
            print(f"round {number + 1}/{rounds}: {name}", file=sys.stderr, flush=True)
            results[name].append(run(contender))
    return results


def run(contender: Contender) -> dict:
    """Run one contender in its own process; return its values."""
    command = [sys.executable, *map(str, contender.arguments)]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=output, env={**os.environ, **contender.environment}
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(
                f"{' '.join(command)} ended with {process.returncode}: see its message above."
            )
        output.seek(0)
        lines = output.read().splitlines()
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
    return {
        "process_wall": wall,
        "process_cpu": usage.ru_utime + usage.ru_stime,
        "process_peak": usage.ru_maxrss * unit,
        **_figures(lines[-1] if lines else ""),
    }


def _figures(line):
    try:
        figures = json.loads(line)
    except json.JSONDecodeError:
        return {}
    return figures if isinstance(figures, dict) else {}


def column(results: list[dict], figure: str) -> list[float]:
    """Return one value of a contender, round by round."""
    return [figures[figure] for figures in results]


def ratios(ours: Iterable[float], theirs: Iterable[float]) -> list[float]:
    """Return `ours` divided by `theirs`, round by round."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def spread(values: Iterable[float], form: str = ".2f") -> str:
    """Return the median with the smallest and the largest value: "1.02 (0.98 to 1.05)"."""
    values = list(values)
    low, high = min(values), max(values)
    return f"{statistics.median(values):{form}} ({low:{form}} to {high:{form}})"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table: first column left-aligned, others right-aligned."""
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join(f"| {' | '.join(map(str, cells))} |" for cells in lines)
