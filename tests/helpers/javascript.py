"""Run the explorer's networks in node, on data packed by Python."""

import json
import subprocess
from pathlib import Path

from tests.helpers.browser import program

HERE = Path(__file__).parent
EXPLORER = Path(__file__).parents[2] / "fidle_vae" / "explorer" / "web"


def run_decoders(folder, data, **job):
    """Return the answer of run_decoder.mjs to a job; see there."""
    return _run("run_decoder.mjs", folder, data, job)


def run_encoders(folder, data=b"", **job):
    """Return the answer of run_encoder.mjs to a job; see there."""
    return _run("run_encoder.mjs", folder, data, job)


def _run(script, folder, data, job):
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    (folder / "data.bin").write_bytes(data)
    return json.loads(node(HERE / script, folder / "job.json", folder / "data.bin"))


def node(*arguments):
    """Return what node prints."""
    done = subprocess.run(
        [program("node"), "--no-warnings", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
