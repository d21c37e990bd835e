"""Cold start of the command's help, the package and lesson VAE3, beside TensorFlow's import alone.

`python -m benchmarks.startup` starts a fresh process for each row. A first round is not counted: it
brings the files into the system's cache, where they are in daily use. VAE3 is run by
`fidle-vae run VAE3`, with the model that is included in the package.
"""

import argparse
import tempfile

from benchmarks.measure.alternation import Contender, alternate, column, ratios, spread, table
from benchmarks.measure.machine import describe_machine

BASE = "import tensorflow"
# what the script installed by pip does
COMMAND = "import sys; from fidle_vae.cli.main import main; sys.exit(main())"
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "2"}  # as the package sets it
STARTS = {
    "python alone": Contender(["-c", "pass"]),
    "fidle-vae --help": Contender(["-c", COMMAND, "--help"]),
    "import fidle_vae": Contender(["-c", "import fidle_vae"]),
    BASE: Contender(["-c", BASE], QUIET),
    "from fidle_vae import VAE": Contender(["-c", "from fidle_vae import VAE"]),
}


def main(arguments: list[str] | None = None) -> str:
    """Measure; print and return the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="of all rows (default: 5)")
    rounds = parser.parse_args(arguments).rounds
    alternate(STARTS, 1)
    with tempfile.TemporaryDirectory() as folder:
        lesson = Contender(["-c", COMMAND, "run", "VAE3", "--run-dir", folder])
        text = report(alternate({**STARTS, "fidle-vae run VAE3": lesson}, rounds))
    print(text)
    return text


def report(results: dict[str, list[dict]]) -> str:
    """Return the table of the results."""
    base = column(results[BASE], "process_wall")
    rows = []
    for name, runs in results.items():
        wall, cpu = column(runs, "process_wall"), column(runs, "process_cpu")
        ratio = "" if name == BASE else spread(ratios(wall, base), ".3f")
        rows.append([name, spread(wall), spread(cpu), ratio])
    return "\n\n".join(
        (
            describe_machine("tensorflow", "keras"),
            f"Rounds: {len(base)}; median (smallest to largest).",
            table(["a fresh process", "wall, s", "CPU, s", f"wall / that of {BASE}"], rows),
        )
    )


if __name__ == "__main__":
    main()
