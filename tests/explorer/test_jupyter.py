"""The explorer in JupyterLab and in Notebook 7, used as a student uses it."""

import ast
import contextlib
import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import keras
import nbformat
import numpy as np
import pytest
from playwright.sync_api import TimeoutError

from tests.helpers.browser import OFF_LINE, watch

pytestmark = pytest.mark.browser

CELLS = (
    "import keras\n"
    "from fidle_vae import explore\n"
    "explorer = explore(keras.saving.load_model('decoder.keras', compile=False))\n"
    "explorer",
    "print(explorer.z)",
    "explorer.z = [1.5, -0.5]",
)
FRONTS = {  # their paths on the server, and the text that they show when the kernel is idle
    "lab": ("lab/tree", "text=Python 3 (ipykernel) | Idle"),
    "notebook": ("notebooks", ".jp-Notebook-ExecutionIndicator[data-status=idle]"),
}
FOLDERS = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")


@pytest.fixture(scope="module")
def decoder():
    """A decoder that generates a different image at every point, unlike an untrained one."""
    rng = np.random.default_rng(5)
    layers = [keras.layers.Dense(64, "sigmoid"), keras.layers.Reshape((8, 8, 1))]
    decoder = keras.Sequential([keras.Input((2,)), *layers])
    decoder.set_weights([rng.normal(size=weights.shape) for weights in decoder.get_weights()])
    return decoder


@pytest.fixture(scope="module")
def lab(tmp_path_factory, decoder):
    """A server with its own settings; yields its description: url, token, root_dir."""
    home = tmp_path_factory.mktemp("lab")
    work = home / "work"
    work.mkdir()
    decoder.save(work / "decoder.keras")
    notebook = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, CELLS)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    for front in FRONTS:
        nbformat.write(notebook, work / f"{front}.ipynb")
    settings = home / "SETTINGS" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}  # both would use the network
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet))

    folders = {f"JUPYTER_{name}": str(home / name) for name in FOLDERS}
    folders |= {"JUPYTERLAB_SETTINGS_DIR": str(home / "SETTINGS")}
    folders |= {"JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces")}
    folders |= {"HOME": str(home), "IPYTHONDIR": str(home / "ipython")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port=0"]
    command += ["--allow-root", "--LabApp.extension_manager=readonly"]
    log = home / "log"
    with log.open("w") as file:
        server = subprocess.Popen(
            command, cwd=work, env=os.environ | folders, stdout=file, stderr=file
        )
    try:
        deadline = time.monotonic() + 60
        runtime = home / "RUNTIME_DIR"
        server_info = ""
        while not server_info.endswith("}"):
            assert time.monotonic() < deadline, log.read_text()
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
            server_info = "".join(map(Path.read_text, runtime.glob("jpserver-*.json"))).rstrip()
        yield json.loads(server_info)
    finally:
        server.terminate()
        server.wait(20)


class Notebook:
    """The notebook with CELLS, open in a front-end, the first one run."""

    def __init__(self, page, lab, front, problems):
        self.page, self.sent = page, []
        self.path = Path(lab["root_dir"], f"{front}.ipynb")
        page.on("websocket", lambda socket: socket.on("framesent", self._keep))
        place, idle = FRONTS[front]
        self.cells = page.locator(".jp-Notebook .jp-Cell")
        # Notebook 7 sometimes hangs while loading, or takes no key afterwards; a reload helps
        for patience in (30, 60, 120):
            page.goto(f"{lab['url']}{place}/{self.path.name}?token={lab['token']}")
            with contextlib.suppress(TimeoutError):
                page.locator(idle).wait_for(timeout=1000 * patience)
                # those of the front-end, while it loads
                self.known = [each for each in problems if not each.startswith("asked")]
                self.run(0, seconds=patience)
                break
        else:
            pytest.fail(f"{front} did not load, or did not run its first cell")

    def _keep(self, frame):
        self.sent.append(frame)

    def run(self, number, seconds=60):
        """Run a cell as a student does; return its printed output."""
        cell = self.cells.nth(number)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        prompt = cell.locator(".jp-InputArea-prompt")
        done = "node => /\\d/.test(node.textContent)"
        self.wait(lambda: prompt.evaluate(done), seconds)
        return "\n".join(cell.locator(".jp-OutputArea-output").all_inner_texts())

    def wait(self, condition, seconds=10):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError("it did not come to this")
            self.page.wait_for_timeout(50)

    def point(self, across, up, steps=1):
        """Move the mouse to a place in the plane, whose corners are at -1 and 1."""
        self.page.locator(".plane").scroll_into_view_if_needed()
        box = self.page.locator(".plane").bounding_box()
        x = box["x"] + box["width"] * (1 + across) / 2
        y = box["y"] + box["height"] * (1 - up) / 2
        self.page.mouse.move(x, y, steps=steps)

    def messages(self):
        """Return how many messages the widget has sent to its kernel."""
        frames = [
            frame if isinstance(frame, str) else frame.decode("latin1") for frame in self.sent
        ]
        return sum('"comm_msg"' in frame for frame in frames)

    def rest(self, before):
        """Wait until the widget has sent Python the point where the pointer rests."""
        self.wait(lambda: self.messages() > before)

    def image(self):
        """Return the grey levels of the image that the explorer shows."""
        levels = self.page.locator("canvas.image").evaluate(
            "canvas => [...canvas.getContext('2d')"
            ".getImageData(0, 0, canvas.width, canvas.height).data]"
        )
        return np.reshape(levels, (8, 8, 4))[..., 0]

    def written(self):
        """Return the kind and the source of the cells in the front-end."""
        text = "nodes => nodes.map(node => `${node.className} ${node.textContent}`)"
        return self.page.locator(".jp-Notebook .jp-Cell-inputArea .cm-content").evaluate_all(text)

    def saved(self):
        """Return the notebook that is saved in the file."""
        while True:
            with contextlib.suppress(nbformat.reader.NotJSONError):  # while it is being written
                return nbformat.read(self.path, as_version=4)


@pytest.fixture(scope="module", params=FRONTS)
def notebook(browser, lab, request):
    """A notebook with the explorer, which stays open for all tests."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    server = lab["url"]
    problems = watch(context, (*OFF_LINE, server, server.replace("http", "ws")))
    notebook = Notebook(context.new_page(), lab, request.param, problems)
    notebook.page.locator("canvas.image").wait_for(timeout=10_000)
    notebook.page.wait_for_timeout(300)  # until it has sent its first point
    yield notebook
    context.close()
    new = [problem for problem in problems if problem not in notebook.known]
    assert not new, "\n".join(new)


def decoded(decoder, z):
    """Return the grey levels of the image at a latent point, decoded by Keras."""
    return 255 * keras.ops.convert_to_numpy(decoder(np.array([z], "float32")))[0, ..., 0]


def test_the_image_follows_the_pointer_and_the_kernel_learns_only_where_it_rests(notebook, decoder):
    notebook.point(0, 0)
    notebook.wait(lambda: np.abs(notebook.image() - decoded(decoder, [0, 0])).max() < 10)
    notebook.page.wait_for_timeout(400)
    seen, times, before = [], [], notebook.messages()
    for i in range(1, 9):
        notebook.point(i / 10, -i / 20, steps=3)
        seen.append(notebook.image())
        times.append(time.monotonic())
    moved = notebook.messages() - before
    notebook.rest(before)
    notebook.page.wait_for_timeout(400)

    assert moved <= sum(b - a > 0.15 for a, b in itertools.pairwise(times))  # 0 unless it stalls
    assert notebook.messages() - before == moved + 1
    assert all(np.abs(a - b).max() > 2 for a, b in itertools.pairwise(seen))
    z = ast.literal_eval(notebook.run(1))
    assert z[0] == pytest.approx(-2 * z[1], rel=0.03)
    assert z[0] > 1
    assert np.abs(notebook.image() - decoded(decoder, z)).max() <= 2


def test_python_can_send_the_explorer_to_a_point(notebook, decoder):
    notebook.run(2)
    wanted = decoded(decoder, [1.5, -0.5])
    notebook.wait(lambda: np.abs(notebook.image() - wanted).max() <= 2)


def test_keys_in_the_explorer_are_no_commands_for_the_notebook(notebook):
    before, shown = notebook.written(), notebook.image()
    assert len(before) == len(CELLS)
    notebook.page.locator(".plane").focus()
    for key in ("x", "d", "d", "b", "a", "m", "y", "c", "v", "Enter", "ArrowDown", "r"):
        notebook.page.keyboard.press(key)
    assert notebook.written() == before
    assert np.abs(notebook.image() - shown).max() > 2  # the explorer handled them itself
    assert notebook.page.evaluate("document.activeElement.shadowRoot !== null")

    notebook.page.keyboard.press("Control+s")  # a command of the notebook
    notebook.wait(lambda: notebook.saved().cells[0].outputs)
    notebook.page.keyboard.press("x")
    assert notebook.written() == before

    notebook.cells.nth(2).locator(".jp-InputArea-prompt").click()
    notebook.page.keyboard.press("b")
    notebook.wait(lambda: len(notebook.written()) == len(CELLS) + 1)


def test_a_saved_notebook_has_the_still_picture_and_no_weights(notebook):
    notebook.cells.nth(2).locator(".jp-InputArea-prompt").click()
    notebook.page.keyboard.press("Control+s")
    notebook.wait(lambda: notebook.saved().cells[0].outputs)
    kept = notebook.saved()
    (output,) = [output for output in kept.cells[0].outputs if "data" in output]
    assert {"image/png", "application/vnd.jupyter.widget-view+json"} <= set(output.data)
    assert "widgets" not in kept.metadata
