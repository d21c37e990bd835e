"""Films read back: an .mp4 by ffmpeg itself, a GIF by Pillow."""

import re
import subprocess
from typing import NamedTuple

import imageio_ffmpeg
import numpy as np
from PIL import Image


class Film(NamedTuple):
    frames: np.ndarray  # (n, h, w, 3), bytes
    fps: float
    seconds: float
    kind: str  # ffmpeg's description of the pictures, such as "h264 ..., yuv420p(tv, bt709, ...)"


def decode_mp4(path):
    """Return the frames of an .mp4, and what ffmpeg knows about it."""
    told = ffmpeg("-i", path).stderr.decode()
    width, height = map(int, re.search(r"Video:.* (\d+)x(\d+)", told).groups())
    raw = ffmpeg("-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-fps_mode", "passthrough", "-")
    h, m, s = re.search(r"Duration: (\d+):(\d+):([\d.]+)", told).groups()
    return Film(
        np.frombuffer(raw.stdout, np.uint8).reshape(-1, height, width, 3),
        float(re.search(r"([\d.]+) fps", told)[1]),
        3600 * int(h) + 60 * int(m) + float(s),
        re.search(r"Video: (.*)", told)[1],
    )


def decode_gif(path):
    """Return the frames of a GIF, as bytes, and the duration of each in milliseconds."""
    frames, durations = [], []
    with Image.open(path) as film:
        for i in range(film.n_frames):
            film.seek(i)
            durations.append(film.info["duration"])
            frames.append(np.asarray(film.convert("RGB")))
    return np.stack(frames), durations


def ffmpeg(*arguments):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *arguments]
    return subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
