"""Where digits that are drawn on the explorer's pad land among the codes of ordinary images.

`python -m benchmarks.drawn_digits` turns held-out images of MNIST into pen strokes: it thins each
digit to lines one pixel wide, follows them, and puts them somewhere on the pad at some size. The
page's own code, in node, draws these strokes with its pen, centres them and encodes them. Each
digit is then given to the class of most of the five nearest codes of the other held-out images. The
share that is right stands beside the one of the images themselves, which are judged in the same
way: with two latent dimensions, many of these are wrong too.

It also prints how thick the pen is beside MNIST's: the mean of the images, and the mean squared
difference between an image and the same image drawn.
"""

import argparse
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
from PIL import Image

from fidle_vae.data.datasets import load_dataset
from fidle_vae.explorer.spec.encoder import encoder_spec
from fidle_vae.explorer.spec.packing import Packer
from fidle_vae.models.parts import parts
from fidle_vae.runs.saved_models import PRETRAINED, load_model
from tests.helpers.javascript import run_encoders

FINER = 4  # times as many pixels, so that the lines are smooth
SPUR = 2.0  # pixels: shorter lines with a free end come from the thinning
NEIGHBOURS = 5
AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))  # clockwise


def main():
    """Print the shares as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--digits", type=int, default=2000, help="to draw (default: 2000)")
    count = parser.parse_args().digits
    data = load_dataset("mnist")
    encoder = parts(load_model(PRETRAINED)).encoder
    drawings = draw(data.x_test[:count, ..., 0])
    images, drawn = encode_as_the_page(encoder, drawings)
    codes = encoder.predict(data.x_test, batch_size=256, verbose=0)[0]
    mine, labels = codes[:count], data.y_test[:count]
    share = {
        "ordinary": right(mine, labels, codes, data.y_test),
        "drawn": right(drawn, labels, codes, data.y_test),
    }
    originals = data.x_test[:count, ..., 0]
    print(f"{date.today()}, {count:,} of MNIST's held-out images, the pretrained model\n")
    print("| digit | ordinary, % | drawn, % | drawn / ordinary |")
    print("|---|---|---|---|")
    for name, which in [*((k, labels == k) for k in range(10)), ("all", labels >= 0)]:
        ordinary, other = (100 * share[kind][which].mean() for kind in ("ordinary", "drawn"))
        print(f"| {name} | {ordinary:.1f} | {other:.1f} | {other / ordinary:.2f} |")
    print(
        f"\nMean of the images: {originals.mean():.4f} ordinary, {images.mean():.4f} drawn. "
        f"Mean squared difference: {np.square(images - originals).mean():.4f}."
    )


def right(z, labels, codes, known):
    """Return whether most neighbours of each z among codes[i], i other than its own, agree."""
    correct = np.zeros(len(z), bool)
    for i, point in enumerate(z):
        far = np.square(codes - point).sum(axis=1)
        far[i] = np.inf
        nearest = known[np.argpartition(far, NEIGHBOURS)[:NEIGHBOURS]]
        correct[i] = np.bincount(nearest, minlength=10).argmax() == labels[i]
    return correct


def encode_as_the_page(encoder, drawings):
    """Return the images (n, h, w) and z_mean (n, latent_dim) that the page computes of drawings."""
    packer = Packer()
    spec = encoder_spec(encoder, packer)
    height, width, _ = shape = spec["inputShape"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = [{"strokes": strokes, "shape": shape} for strokes in drawings]
        images = run_encoders(folder, drawings=given)["images"]
        job = {"spec": spec, "images": images}
        (codes,) = run_encoders(folder, packer.data, encoders=[job])["codes"]
    return np.reshape(images, (-1, height, width)), np.array([code["mean"] for code in codes])


def draw(images):
    """Return for each image (n, h, w) its strokes, somewhere on the pad: points from 0 to 1."""
    rng = np.random.default_rng(7)
    drawings = []
    for lines in thin(images):
        strokes = [smooth(line) / (FINER * images.shape[1]) for line in strokes_of(lines)]
        size = rng.uniform(0.8, 1.1)
        corner = rng.uniform(0, 1 - size) if size < 1 else (1 - size) / 2
        drawings.append([(corner + size * stroke).tolist() for stroke in strokes])
    return drawings


def thin(images):
    """Thin digits to lines one pixel wide, by the method of Zhang and Suen; return (n, H, W)."""
    on = np.stack([finer(image) > 0.5 for image in images])
    changed = True
    while changed:
        changed = False
        for turn in (0, 4):
            p = [np.roll(on, (-dy, -dx), axis=(1, 2)) for dy, dx in AROUND]
            count = np.sum(p, axis=0)
            starts = np.sum([~one & two for one, two in zip(p, p[1:] + p[:1], strict=True)], axis=0)
            a, b, c, d = (p[(k + turn) % 8] for k in (0, 2, 4, 6))  # up, right, down, left; turned
            removed = on & (count >= 2) & (count <= 6) & (starts == 1) & ~(a & b & c) & ~(b & c & d)
            on &= ~removed
            changed = changed or removed.any()
    return on


def finer(image):
    """Return an image (h, w) with FINER times as many rows and columns."""
    height, width = image.shape
    made = Image.fromarray(np.float32(image)).resize((FINER * width, FINER * height), 3)
    return np.asarray(made)


def strokes_of(lines) -> Iterator[np.ndarray]:
    """Follow lines from end or crossing to the next; yield points (n, 2), x and y, in pixels."""
    left = {(int(y), int(x)) for y, x in np.argwhere(lines)}
    near = {at: [(at[0] + dy, at[1] + dx) for dy, dx in AROUND] for at in left}
    near = {at: [to for to in around if to in left] for at, around in near.items()}
    nodes = [at for at in near if len(near[at]) != 2]
    passed = set()

    def follow(start, to):
        line = [start, to]
        passed.update({(start, to), (to, start)})
        while len(near[line[-1]]) == 2 and line[-1] != start:
            ahead = [at for at in near[line[-1]] if at != line[-2]]
            passed.update({(line[-1], ahead[0]), (ahead[0], line[-1])})
            line.append(ahead[0])
        return line

    found = [follow(at, to) for at in nodes for to in near[at] if (at, to) not in passed]
    # what is left has neither end nor crossing: a ring
    found += [follow(at, near[at][0]) for at in near if near[at] and not _touched(at, near, passed)]
    for line in found:
        free = [len(near[end]) == 1 for end in (line[0], line[-1])]
        if len(found) > 1 and any(free) and not all(free) and len(line) < SPUR * FINER:
            continue
        yield np.array(line)[:, ::-1] + 0.5


def _touched(at, near, passed):
    return any((at, to) in passed for to in near[at])


def smooth(line, reach=FINER):
    """Return a line without the steps of its pixels; its ends stay."""
    if len(line) < 3:
        return line
    padded = np.concatenate([line[:1].repeat(reach, 0), line, line[-1:].repeat(reach, 0)])
    window = np.ones(2 * reach + 1) / (2 * reach + 1)
    middle = np.stack([np.convolve(axis, window, "valid") for axis in padded.T], axis=1)
    middle[0], middle[-1] = line[0], line[-1]
    return middle[:: FINER // 2] if len(middle) > 2 * FINER else middle


if __name__ == "__main__":
    main()
