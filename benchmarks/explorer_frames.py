"""How long the explorer's page takes from a move of the pointer to the image.

`python -m benchmarks.explorer_frames` opens the page of the course's model in a headless browser,
moves the mouse over the plane, then draws on the pad, and prints what the page measures:

- move to image: from the browser's timestamp of the pointer event to the image in its canvas. The
  browser holds moves back until its next frame, so part of this time is waiting.
- decode and draw: the part of it that the page's own code takes, from the start of its handler.
- whole handler: also includes drawing the cursor and updating the numbers; on the pad, also
  making the image of the stroke and encoding it.
- images/s: one image per move. A screen shows 60, one in 16.7 ms.
"""

import argparse
import math
import os
import tempfile
from datetime import date
from pathlib import Path

import keras
import numpy as np

import fidle_vae.models.vae  # noqa: F401, makes VAE known to load_model
from benchmarks.measure.machine import processor
from fidle_vae.data.datasets import load_dataset
from fidle_vae.explorer.content import explorer_content
from fidle_vae.explorer.export import write_page
from fidle_vae.runs.saved_models import PRETRAINED
from tests.helpers.browser import launched

WARM_UP = 100  # moves in which the browser compiles the code that runs often
STROKE = 100  # moves from the start of a drawing on the pad to its end
LISTEN = """
() => {
    window.drawn = [];
    window.handled = [];
    let start;
    window.addEventListener("pointermove", () => { start = performance.now(); }, true);
    window.addEventListener("pointermove", () => window.handled.push(performance.now() - start));
    document.getElementById("explorer").addEventListener("fidle-drawn", ({ detail }) => {
        window.drawn.push([detail.event, detail.started, detail.drawn]);
    });
}
"""


def main():
    """Measure the page with one model, and with two side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moves", type=int, default=500, help="of the pointer (default: 500)")
    moves = parser.parse_args().moves
    vae, dataset = keras.saving.load_model(PRETRAINED), load_dataset("auto")
    with tempfile.TemporaryDirectory() as folder, launched() as browser:
        machine = f"{processor()}, {os.cpu_count()} cores"
        print(f"{date.today()}, {machine}, Chromium {browser.version}, {moves} moves\n")
        print(
            "| models | pointer on | move to image, ms | decode and draw, ms | whole handler, ms "
            "| images/s |"
        )
        print("|---|---|---|---|---|---|")
        for count in (1, 2):
            models = {f"model {i + 1}": vae for i in range(count)}
            page = write_page(Path(folder, "page.html"), *explorer_content(models, dataset))
            for where in ("plane", "pad"):
                events, handled = measure(browser, page, moves, where)
                stamped, started, drawn = events.T
                columns = [median_and_p95(ms) for ms in (drawn - stamped, drawn - started, handled)]
                rate = 1000 * (len(drawn) - 1) / (drawn[-1] - drawn[0])
                print(f"| {count} | {where} | {' | '.join(columns)} | {rate:.0f} |")
            print(f"| {count} | | the page has {page.stat().st_size / 1e6:.2f} MB | | | |")
    print("\nMedian, and in brackets the 95th percentile.")


def measure(browser, path, moves, where):
    """Move over the plane, or draw on the pad in strokes as long as a digit's.

    Return (event, started, drawn) per image, and the handlers' times.
    """
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(path.as_uri())
    page.evaluate(LISTEN)
    if where == "pad":
        page.keyboard.press("d")
    box = page.locator(f".{where}").first.bounding_box()
    for i in range(WARM_UP + moves):
        if where == "pad" and i % STROKE == 0:
            page.mouse.up()
            page.keyboard.press("Delete")
        if i == WARM_UP:
            page.evaluate("window.drawn = []; window.handled = []")
        across, up = 0.45 * math.sin(0.031 * i), 0.45 * math.sin(0.047 * i)
        page.mouse.move(
            box["x"] + (0.5 + across) * box["width"], box["y"] + (0.5 + up) * box["height"]
        )
        if where == "pad" and i % STROKE == 0:
            page.mouse.down()
    found = page.evaluate("[window.drawn, window.handled]")
    page.close()
    return map(np.array, found)


def median_and_p95(ms):
    """Return the median and the 95th percentile as text."""
    return f"{np.median(ms):.1f} ({np.quantile(ms, 0.95):.1f})"


if __name__ == "__main__":
    main()
