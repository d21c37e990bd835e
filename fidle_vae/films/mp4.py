"""Write frames as an H.264 film, with the ffmpeg that the imageio-ffmpeg package provides.

`imageio_ffmpeg.write_frames` could run the process, but it neither checks ffmpeg's exit code nor
keeps its error output: a full disk would leave a broken film without any error.
"""

import contextlib
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

import imageio_ffmpeg
import numpy as np

# What browsers and presentation software play: H.264, 4:2:0, the index before the frames, and the
# colours of HD television, which players assume.
BT709 = "-vf scale=out_color_matrix=bt709 -colorspace bt709 -color_primaries bt709 -color_trc bt709"
H264 = "-c:v libx264 -preset medium -crf 18 -pix_fmt yuv420p -movflags +faststart"


def write_mp4(path: Path, frames: Iterable[np.ndarray], repeats: Iterable[int], fps: int) -> None:
    """Write frames as H.264. This is not atomic; `writer.write_frames` is.

    Args:
        path: The file to write.
        frames: uint8 arrays of one shape, (h, w, 3). An odd side grows by one pixel, as H.264
            needs even ones.
        repeats: How many times each frame is shown.
        fps: Frames per second.
    """
    encoder = None
    try:
        for frame, count in zip(frames, repeats, strict=True):
            h, w = frame.shape[:2]
            picture = np.pad(frame, [(0, h % 2), (0, w % 2), (0, 0)], mode="edge")
            encoder = encoder or _start(path, picture.shape, fps)
            for _ in range(count):
                encoder.stdin.write(picture.data)
        _, said = encoder.communicate()
        if encoder.returncode:
            raise _failure(path, said)
    except BrokenPipeError as error:  # ffmpeg has ended early, and reported why
        raise _failure(path, encoder.stderr.read()) from error
    finally:
        if encoder:
            encoder.kill()
            encoder.wait()
            for pipe in (encoder.stdin, encoder.stdout, encoder.stderr):
                with contextlib.suppress(BrokenPipeError):  # unsent data, if ffmpeg has ended
                    pipe.close()


def _start(path: Path, shape: tuple[int, ...], fps: int) -> subprocess.Popen:
    h, w, _ = shape
    raw = f"-f rawvideo -pix_fmt rgb24 -s {w}x{h} -r {fps} -i -".split()
    command = [_ffmpeg(), "-y", "-v", "error", *raw, *BT709.split(), *H264.split(), str(path)]
    # in its own process group: Ctrl-C then reaches only Python, which ends ffmpeg cleanly
    apart = {"process_group": 0} if os.name == "posix" else {}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, **apart)


def _ffmpeg() -> str:
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise OSError(
            "no ffmpeg was found to write an .mp4: write a .gif, or `pip install imageio-ffmpeg`"
        ) from error


def _failure(path: Path, said: bytes) -> OSError:
    why = " ".join(said.decode(errors="replace").split()[-20:]) or "no error message"
    return OSError(f"ffmpeg could not write an .mp4 in {path.parent} ({why}): is the disk full?")
