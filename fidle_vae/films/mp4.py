"""Pictures in, an H.264 film out, by the ffmpeg that the package imageio-ffmpeg brings along.

`imageio_ffmpeg.write_frames` would run the process for us, but neither looks at ffmpeg's exit code
nor keeps what it says: a full disk would leave a broken film without a word.
"""

import contextlib
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

import imageio_ffmpeg
import numpy as np

# What browsers and slides play: H.264, 4:2:0, the index before the pictures; and the colours of
# HD television, which a player takes for granted.
BT709 = "-vf scale=out_color_matrix=bt709 -colorspace bt709 -color_primaries bt709 -color_trc bt709"
H264 = "-c:v libx264 -preset medium -crf 18 -pix_fmt yuv420p -movflags +faststart"


def write_mp4(path: Path, frames: Iterable[np.ndarray], repeats: Iterable[int], fps: int) -> None:
    """Write pictures as H.264; not atomic, `film.write_frames` is.

    Args:
        path: The file to write.
        frames: Pictures, uint8, shape (h, w, 3), of one shape. An odd side grows by a pixel, as
            H.264 needs even ones.
        repeats: How many times each picture is shown.
        fps: Pictures a second.
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
    except BrokenPipeError as error:  # ffmpeg has ended before its time, and said why
        raise _failure(path, encoder.stderr.read()) from error
    finally:
        if encoder:
            encoder.kill()
            encoder.wait()
            for pipe in (encoder.stdin, encoder.stdout, encoder.stderr):
                with contextlib.suppress(BrokenPipeError):  # what is left has nowhere to go
                    pipe.close()


def _start(path: Path, shape: tuple[int, ...], fps: int) -> subprocess.Popen:
    h, w, _ = shape
    raw = f"-f rawvideo -pix_fmt rgb24 -s {w}x{h} -r {fps} -i -".split()
    command = [_ffmpeg(), "-y", "-v", "error", *raw, *BT709.split(), *H264.split(), str(path)]
    # in a group of its own, so that Ctrl-C reaches us alone and we end it in order
    apart = {"process_group": 0} if os.name == "posix" else {}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, **apart)


def _ffmpeg() -> str:
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise OSError(
            "no ffmpeg is here to write an .mp4: write a .gif, or `pip install imageio-ffmpeg`"
        ) from error


def _failure(path: Path, said: bytes) -> OSError:
    why = " ".join(said.decode(errors="replace").split()[-20:]) or "it said nothing"
    return OSError(f"ffmpeg could not write an .mp4 in {path.parent} ({why}): is the disk full?")
