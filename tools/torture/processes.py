"""Processes that are killed, that write at the same time, or whose folder or disk goes away."""

import functools
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import textwrap
import time
import zipfile
from pathlib import Path

from fidle_vae.runs.run import Run
from fidle_vae.runs.state import epoch_reached, manifest_of, status_of
from fidle_vae.runs.verify import flaws_of

TRAINING = {
    "dataset": "digits", "scale": 0.01, "kind": "mlp", "epochs": 4, "batch_size": 16,
    "checkpoint_every": 7,
}  # fmt: skip
COMMAND = "import sys; from fidle_vae.cli.main import main; sys.exit(main(sys.argv[1:]))"


def python(code: str, *arguments: object) -> subprocess.Popen:
    """Start Python on some lines of code."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code).strip(), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def train(root: Path, *options: object) -> subprocess.Popen:
    """Start a small training, of about ten seconds."""
    return python(COMMAND, "train", *_options(), "--run-dir", root, *options)


def _options():
    given = [(f"--{name.replace('_', '-')}", str(value)) for name, value in TRAINING.items()]
    return [word for pair in given for word in pair]


@functools.cache
def whole(root: Path) -> tuple[Path, float]:
    """Train without a fault; return the folder, and the seconds it took."""
    start = time.monotonic()
    process = train(root, "--id", "whole")
    _, errors = process.communicate()
    if process.returncode:
        raise RuntimeError(f"a training without a fault failed: {errors}")
    return root / "whole", time.monotonic() - start


def killed(root: Path, rng: random.Random) -> str:
    """Kill a training at a random moment, resume it, and compare it with a whole one."""
    there, seconds = whole(root)
    here = root / "killed"
    shutil.rmtree(here, ignore_errors=True)
    running = False
    while not running:  # until it is killed before its end, or the try would count for nothing
        process, start = train(root, "--id", "killed"), time.monotonic()
        while process.poll() is None and not manifest_of(here):  # before that, nothing is there
            time.sleep(0.02)
        try:
            process.wait(rng.random() * max(0, seconds - (time.monotonic() - start)))
            seconds = time.monotonic() - start
        except subprocess.TimeoutExpired:
            running = True
        process.kill()
        process.communicate()
    status = status_of(here)
    if process.returncode == 0:
        return "" if status == "finished" else f"a training that ended well is {status}"
    if status == "finished":  # as it may be, if it was killed after it had said so
        said = manifest_of(here).get("status") == "finished" and not flaws_of(here)
        return "" if said else "a killed training is reported as finished"
    if status != "interrupted" or (epoch_reached(here) or 0) > TRAINING["epochs"]:
        return f"a killed training is {status}, at epoch {epoch_reached(here)}"
    process = python(COMMAND, "train", "--resume", "killed", "--run-dir", root)
    _, errors = process.communicate()
    if process.returncode:
        return f"it could not be resumed: {errors[-300:]}"
    different = [name for name, digest in _results(there).items() if _results(here)[name] != digest]
    return f"resumed, it differs in {', '.join(different)}" if different else ""


def _results(folder):
    """Return a digest of each result of a run, by its name."""
    found = {}
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        if path.suffix == ".keras":  # its config holds addresses in memory, and the time
            with zipfile.ZipFile(path) as archive:
                content = archive.read("model.weights.h5")
        if path.suffix in (".keras", ".npz", ".png", ".json") and path.name != "manifest.json":
            name = path.relative_to(folder).as_posix()
            found[name] = hashlib.sha256(content).hexdigest()
    return found


def recorded_at_once(root: Path, rng: random.Random, entries: int = 200) -> str:
    """Record from four processes in one run, and count the entries."""
    run = Run("records", root=root)
    run.start(parameters={})
    code = """
        import sys
        from fidle_vae.runs.run import Run
        run = Run("records", root=sys.argv[1])
        for i in range(int(sys.argv[3])):
            run.record(metrics={f"{sys.argv[2]}-{i}": 1.0})
    """
    writers = [python(code, root, name, entries) for name in range(4)]
    while any(writer.poll() is None for writer in writers):
        manifest_of(run.path)  # raises if a reader sees a part of it
        time.sleep(rng.random() / 50)
    errors = "".join(writer.communicate()[1] for writer in writers)
    lost = 4 * entries - len(run.manifest["metrics"])
    run.finish()
    return errors[-300:] or (f"{lost} of {4 * entries} entries are lost" if lost else "")


def written_twice(root: Path, rng: random.Random) -> str:
    """Start a run that another process writes, kill that one, and start it again."""
    code = """
        import sys, time
        from fidle_vae.runs.run import Run
        run = Run("twice", root=sys.argv[1])
        run.start(parameters={"by": "the first"})
        print("started", flush=True)
        time.sleep(60)
    """
    first = python(code, root)
    first.stdout.readline()
    run = Run("twice", root=root)
    try:
        run.start(parameters={"by": "the second"})
        return "two processes write one run"
    except OSError as error:
        if f"process {first.pid}" not in str(error):
            return f"the owner is not named: {error}"
    finally:
        time.sleep(rng.random() / 10)
        first.kill()
        first.communicate()
    run.start(parameters={"by": "the second"})  # raises if a dead process kept the lock
    run.finish()
    return ""


def removed(root: Path, rng: random.Random) -> str:
    """Remove the folder of a training while it is under way."""
    _, seconds = whole(root)
    here, aside = root / "removed", root / "aside"
    running = False
    while not running:  # until it is removed before its end, or the try would count for nothing
        process = train(root, "--id", "removed")
        time.sleep(rng.uniform(0.3, 0.8) * seconds)
        if here.exists():
            here.rename(aside)  # at once, so that what it says is what it said last
            running = manifest_of(aside).get("status") == "running"
            shutil.rmtree(aside)
        _, errors = process.communicate()
        made_again = manifest_of(here)
        shutil.rmtree(here, ignore_errors=True)
    sentence = (errors.strip().splitlines()[-1:] or [""])[0]
    if process.returncode != 1 or "was removed" not in sentence:
        return f"exit code {process.returncode}: {sentence[:200]}"
    return "a manifest was made again" if made_again else ""


FULL = """
import contextlib, io, json, sys, threading, time
from pathlib import Path
from fidle_vae.cli.main import main
from fidle_vae.runs.run import Run
from fidle_vae.runs.verify import flaws_of
root, seconds, words = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
before = Run("before", root=root)
before.start(parameters={})
before.save_log("history", {"loss": [1.0]})
before.finish()

def fill():
    while not (root / "full" / "manifest.json").exists():
        time.sleep(0.01)
    time.sleep(seconds)
    with open(root / "filler", "wb", buffering=0) as filler:
        while filler.write(bytes(65536)) == 65536:
            pass

errors = io.StringIO()
threading.Thread(target=fill, daemon=True).start()
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(errors):
    code = main(["train", *words, "--id", "full", "--run-dir", str(root)])
found = {
    "code": code,
    "errors": errors.getvalue(),
    "partial": [str(path) for path in root.rglob("*.partial*")],
    "before": flaws_of(before.path),
    "full": flaws_of(root / "full"),
}
print(json.dumps(found))
"""


def disk_full(root: Path, rng: random.Random) -> str:
    """Train on a disk that another program fills at a random moment; it is one in memory."""
    _, took = whole(root)
    disk = root / "disk"
    disk.mkdir(exist_ok=True)
    mount = f'mount -t tmpfs -o size=100m tmpfs "{disk}" && exec "$@"'
    seconds = rng.uniform(0, 0.6 * took)
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", mount, "sh", sys.executable, "-c",
         FULL, str(disk), str(seconds), *_options()],
        capture_output=True, text=True, check=False, env=os.environ | {"TMPDIR": str(root)},
    )  # fmt: skip
    try:
        found = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return f"no answer: {done.stderr[-300:]}"
    if found["before"] or found["partial"]:
        return f"earlier run: {found['before']}, left over: {found['partial']}"
    if found["code"] == 0:
        return f"finished, but {found['full']}" if found["full"] else ""
    lines = [line for line in found["errors"].splitlines() if line.startswith("fidle-vae")]
    if len(lines) != 1 or "disk is full" not in lines[0] or str(disk) not in lines[0]:
        return f"not one sentence on the disk: {found['errors'][-300:]}"
    return ""
