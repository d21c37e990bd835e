"""Write the table of lessons in README.md from the catalogue: python tools/syllabus.py."""

import re
from pathlib import Path

from fidle_vae.common.files import atomic_path
from fidle_vae.common.wording import duration, number
from fidle_vae.course.catalogue import Entry, catalogue

README = Path(__file__).parent.parent / "README.md"
TABLE = re.compile(
    r"(?<=<!-- syllabus: made by tools/syllabus.py -->\n).*(?=<!-- end of syllabus -->)", re.DOTALL
)


def table() -> str:
    """Return the lessons as a Markdown table, with the results measured at the defaults."""
    rows = [
        "| lesson | what it teaches | time | result on held-out images | MNIST | `digits` |",
        "|---|---|---|---|---|---|",
        *map(_row, catalogue().values()),
    ]
    return "\n".join(rows) + "\n"


def _row(entry: Entry) -> str:
    (name, label), *_ = entry.key_metrics.items()
    cells = [
        f"[{entry.id}](notebooks/{entry.id}.ipynb)",
        entry.teaches + _needs(entry),
        duration(entry.seconds).replace(".0 s", " s"),
        label,
        *_results(entry, name),
    ]
    return f"| {' | '.join(cells)} |"


def _results(entry, name):
    if set(entry.measured) == {"drawn"}:
        return f"{number(entry.measured['drawn'], name)}, on drawn pictures", ""
    return [number(entry.measured[dataset], name) for dataset in ("mnist", "digits")]


def _needs(entry):
    names = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
    few = len(entry.backends) < len(names)
    return f"; needs {' or '.join(names[each] for each in entry.backends)}" if few else ""


def main() -> None:
    """Write the table into README.md."""
    text = README.read_text(encoding="utf-8")
    if not TABLE.search(text):
        raise ValueError(f"{README} has no place for the table: put the two comments around it.")
    with atomic_path(README) as partial:
        partial.write_text(TABLE.sub(lambda _: table(), text), encoding="utf-8")


if __name__ == "__main__":
    main()
