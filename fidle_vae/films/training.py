"""The film of a training: how the latent space takes shape, beside images and losses."""

import contextlib
import math
import os
from numbers import Integral, Real
from pathlib import Path

from tqdm import tqdm

from fidle_vae.films.frame import BOXES, TrainingFrame
from fidle_vae.films.timeline import play, story_of
from fidle_vae.films.writer import LONGEST, require_film_path, write_frames
from fidle_vae.runs.saved_models import read_manifest
from fidle_vae.training.record_files import Record, find_recorded_run, read_record

HOLD = 1.2  # seconds for which the first and the last frame are shown
LENGTH = 12.0  # default length of a film, in seconds
FORMATS = {".mp4": (720, 25, 60), ".gif": (540, 10, 50)}  # height; default and maximum fps


def write_training_film(
    run: str | os.PathLike | None = None,
    path: str | os.PathLike | None = None,
    *,
    seconds: float | None = None,
    fps: int | None = None,
    run_dir: str | os.PathLike | None = None,
) -> Path:
    """Write the film of a training, from the record that a `TrainingRecord` left in its run.

    All frames show the same images, latent points and axes. The axes hold the prior and all codes
    from the end of the second epoch on; before that, some codes may lie outside. The name of a
    class stands at the code of one of its images all the time; names appear once the codes are no
    longer one heap. Each recorded moment has a frame; between two
    moments, codes, images and curves are interpolated linearly. Each step from one moment to the
    next takes the same time, so the first epoch, which has the most moments, passes most slowly.

    Args:
        run: The run's name or its folder; None takes the newest run with a record.
        path: The file to write: an .mp4 of 1280x720 pixels or a .gif of 960x540; None takes
            film.mp4 in the run's folder.
        seconds: Length of the film; None takes 12, or more if the record needs it.
        fps: Frames per second; None takes 25 in an .mp4 and 10 in a .gif.
        run_dir: The folder of all runs; None takes `runs_dir()`.

    Returns:
        The path of the film.
    """
    path = path and require_film_path(path)
    folder = find_recorded_run(run, run_dir)
    path = path or folder / "film.mp4"
    height, default, most = FORMATS[path.suffix.lower()]
    fps = default if fps is None else fps
    if isinstance(fps, bool) or not isinstance(fps, Integral) or not 1 <= fps <= most:
        raise ValueError(f"fps must be from 1 to {most} in {path.name}, got {fps!r}: try {default}")
    record = read_record(folder / "film", folder.name)
    durations = _durations(seconds, fps, record)

    story = story_of(record, BOXES["codes"][2])
    frame = TrainingFrame(_title(folder, record), story, height)
    (first, last), count = story.epochs, len(durations)
    print(f"The film of run {folder.name}, epochs {first} to {last}: {count:,} pictures to draw")
    moments = tqdm(
        play(story.moments, count), "film", count, unit=" pictures", leave=False, disable=None
    )
    sample = [frame.draw(moment) for moment in story.moments[:: max(1, len(story.moments) // 4)]]
    write_frames(path, map(frame.draw, moments), durations, fps=fps, sample=sample)
    print(f"{sum(durations):.1f} s, {path.stat().st_size / 1e6:.1f} MB: {path}")
    return path


def _durations(seconds: float | None, fps: int, record: Record) -> list[float]:
    """Return how long each frame is shown; every recorded moment has at least one."""
    steps = sum(len(epoch.times) for epoch in record.epochs.values()) - 1
    least = 2 * HOLD + (steps - 1) / fps
    if seconds is None:
        seconds = max(LENGTH, least)
    if (
        isinstance(seconds, bool)
        or not isinstance(seconds, Real)
        or not least <= seconds <= LONGEST
    ):
        raise ValueError(
            f"seconds must be from {math.ceil(least)}, for a picture of each of the {steps + 1} "
            f"moments at {fps} fps, to {LONGEST}, got {seconds!r}: try {max(12, math.ceil(least))}"
        )
    between = max(round((seconds - 2 * HOLD) * fps), steps - 1)
    return [HOLD, *[(seconds - 2 * HOLD) / max(between, 1)] * between, HOLD]


def _title(folder: Path, record: Record) -> str:
    manifest = {}
    with contextlib.suppress(ValueError):  # without a manifest, the title leaves out the dataset
        manifest = read_manifest(folder / "film" / "fixed.npz")
    dataset = (manifest.get("dataset") or {}).get("name")
    d = record.fixed.z.shape[1]
    dims = f"{d} latent dimension{'s' * (d > 1)}"
    return f"{folder.name}: {dataset}, {dims}" if dataset else f"{folder.name}: {dims}"
