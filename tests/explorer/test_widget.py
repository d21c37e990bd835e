import base64
import io
import re

import keras
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from traitlets.config import Config

from fidle_vae.course.html import notebook_html
from fidle_vae.data.datasets import Dataset
from fidle_vae.explorer import still_picture, widget
from fidle_vae.explorer.content import explorer_content
from fidle_vae.explorer.widget import Explorer, explore
from fidle_vae.models.latent_space import LatentPlane, grid_points

WIDGET = "application/vnd.jupyter.widget-view+json"
# the model that a front-end passes to widget.js, with a record of the calls
FRONT_END = """
async ([source, traits, data]) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const listeners = new Set();
    window.saved = [];
    window.pressed = [];
    window.model = {
        traits: { ...traits, data: new DataView(bytes.buffer) },
        get(name) { return this.traits[name]; },
        set(name, value) {
            this.traits[name] = value;
            for (const listener of listeners) listener();
        },
        save_changes() { window.saved.push(this.traits.z); },
        on(name, listener) { if (name === "change:z") listeners.add(listener); },
        off(name, listener) { listeners.delete(listener); },
    };
    window.listeners = listeners;
    document.body.innerHTML = "<div id='notebook'><div id='host'></div></div>";
    for (const kind of ["keydown", "keyup"])
        document.addEventListener(kind, (event) => window.pressed.push(`${kind} ${event.key}`));
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const made = (await import(url)).default;
    window.leave = made.render({ model: window.model, el: document.getElementById("host") });
}
"""


@pytest.fixture
def dataset(images):
    labels = np.arange(len(images)) % 3
    names = ("round", "flat", "long")
    return Dataset(images[:10], labels[:10], images, labels, "blobs", "here", "", names)


@pytest.fixture
def vae(make_vae):
    return make_vae(name="blobs")


@pytest.fixture
def vivid(make_vae):
    """A VAE whose decoder generates a different image at every point."""
    vae, rng = make_vae(), np.random.default_rng(3)
    vae.decoder.set_weights([rng.normal(0, 0.6, w.shape) for w in vae.decoder.get_weights()])
    return vae


def shown(explorer):
    """Return the axes of the still picture."""
    return explorer._picture.axes


def array(reference, data):
    return np.frombuffer(
        data, reference["dtype"], int(np.prod(reference["shape"])), reference["offset"]
    ).reshape(reference["shape"])


def test_a_widget_has_the_content_of_a_page(vae, dataset):
    explorer = explore(vae, dataset, codes=20, precision="float32", title="Blobs")
    content, data = explorer_content(
        {"blobs": vae}, dataset, codes=20, precision="float32", title="Blobs"
    )
    assert explorer.content == content
    assert explorer.data == data
    assert explorer.z == [0, 0]
    assert len(vae.decode([explorer.z])) == 1


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("one", "two"), ["one", "two"]),
        (("same", "same"), ["same 1", "same 2"]),
    ],
)
def test_two_models_of_a_list_have_their_own_names(make_vae, names, expected):
    explorer = explore([make_vae(name=name) for name in names])
    assert [model["name"] for model in explorer.content["models"]] == expected


def test_models_of_a_dict_are_named_by_it_and_a_bare_decoder_works(make_vae, dataset):
    vae = make_vae()
    explorer = explore({"k2 = 1": vae, "its decoder": vae.decoder}, dataset)
    named = {model["name"]: model for model in explorer.content["models"]}
    assert list(named) == ["k2 = 1", "its decoder"]
    assert "codes" in named["k2 = 1"]
    assert "codes" not in named["its decoder"]


def test_a_functional_model_is_explored_by_its_layers(vae, dataset):
    inputs = keras.Input((8, 8, 1))
    model = keras.Model(inputs, vae.decoder(vae.encoder(inputs)[0]), name="functional")
    explorer, same = explore(model, dataset), explore({"functional": vae}, dataset)
    assert explorer.data == same.data


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["VAE2"], "model must be a Keras model, or two of them .*, got str"),
        ([["VAE2", "VAE1"]], "model must be a Keras model, or two of them .*, got str"),
        ([None], "model must be a Keras model, .*, got NoneType"),
        ([[]], "models must be one or two"),
    ],
)
def test_anything_but_a_model_raises_one_sentence(arguments, words):
    with pytest.raises(ValueError, match=words):
        explore(*arguments)


def test_images_in_place_of_a_dataset_raise(vae, images):
    with pytest.raises(ValueError, match="dataset must be a Dataset or None, got ndarray: give"):
        explore(vae, images)


def test_z_can_be_set_to_any_latent_point_and_to_nothing_else(vae):
    explorer = explore(vae)
    explorer.z = np.array([1, -0.5], "float32")
    assert explorer.z == [1, -0.5]
    assert all(type(value) is float for value in explorer.z)
    for wrong in ([1], [1, 2, 3], [[1, 2]], [1, np.nan], 3):
        with pytest.raises(ValueError, match="z must be a latent point of 2 finite numbers, got"):
            explorer.z = wrong
    assert explorer.z == [1, -0.5]


def test_save_writes_the_page(vae, tmp_path):
    explorer = explore(vae, title="A <b>lob")
    path = explorer.save(tmp_path / "new" / "page.html")
    page = path.read_text(encoding="utf-8")
    assert "<title>A &lt;b&gt;lob</title>" in page
    assert base64.b64encode(explorer.data).decode() in page


@pytest.mark.parametrize("start", [None, [0.5, -1, 2, 0, 1]])
@pytest.mark.parametrize("with_codes", [True, False])
def test_the_picture_shows_the_plane_that_the_explorer_opens_on(
    make_vae, dataset, monkeypatch, with_codes, start
):
    planes = []
    decode_plane = still_picture._decode_plane
    monkeypatch.setattr(
        still_picture,
        "_decode_plane",
        lambda *given: planes.append(given[2]) or decode_plane(*given),
    )
    explorer = explore(make_vae(latent_dim=5), dataset if with_codes else None, start=start)
    [plane] = planes
    opens_at = explorer.content["start"]
    np.testing.assert_allclose(plane.lift(plane.project(opens_at)), opens_at, atol=1e-6)


def test_a_model_trained_on_another_dataset_is_named_on_the_page_and_in_the_picture(vae, dataset):
    explorer = explore(vae, dataset, trained_on="mnist")
    assert explorer.content["notice"] == "trained on mnist, shown on blobs"
    title = explorer._picture.get_suptitle()
    assert (
        " ".join(title.split()) == "blobs \N{MIDDLE DOT} blobs (trained on mnist, shown on blobs)"
    )


def test_the_page_is_what_save_writes(vae, dataset, tmp_path):
    explorer = explore(vae, dataset)
    assert explorer.page() == explorer.save(tmp_path / "page.html").read_text(encoding="utf-8")


def test_the_outputs_metadata_name_the_page_once_it_is_saved(vae, tmp_path):
    explorer = explore(vae)
    assert "fidle_vae" not in explorer._repr_mimebundle_()[1]
    explorer.save(tmp_path / "VAE3" / "explorer.html")
    assert explorer._repr_mimebundle_()[1]["fidle_vae"] == {"explorer": "explorer.html"}


def test_a_cell_holds_the_widget_and_a_picture_for_where_it_cannot_run(vae, dataset):
    bundle, _ = explore(vae, dataset)._repr_mimebundle_()
    assert bundle[WIDGET]["model_id"]
    assert plt.imread(io.BytesIO(bundle["image/png"])).shape[1] > 1000
    assert bundle["text/plain"].startswith("Explorer of blobs")


def test_the_picture_has_the_codes_of_the_explorer_and_what_keras_decodes(vivid, dataset):
    explorer = explore(vivid, dataset)
    codes, decoded = shown(explorer)
    z = array(explorer.content["models"][0]["codes"], explorer.data)
    drawn = np.concatenate([marks.get_offsets() for marks in codes.collections])
    assert np.allclose(np.sort(drawn, axis=0), np.sort(z, axis=0), atol=1e-6)
    texts = {text.get_text() for text in explorer._picture.legends[0].get_texts()}
    assert {"round", "flat", "long"} <= texts

    points = grid_points(12, LatentPlane.of_dims(2))
    images = vivid.decode(points.reshape(-1, 2)).reshape(12, 12, 8, 8)
    picture = decoded.images[0].get_array()
    for row, column in ((0, 0), (3, 7), (11, 2)):
        tile = picture[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
        assert np.allclose(tile, images[row, column], atol=1e-6)


def test_without_codes_the_picture_and_the_widget_start_on_the_shell(make_vae):
    decoder = make_vae(latent_dim=9).decoder
    explorer = explore(decoder)
    start = explorer.content["start"]
    assert explorer.z == start
    plane = explorer.content["plane"]
    across, up = np.meshgrid(*[np.linspace(-1, 1, 12) * plane["shell"][1]] * 2)
    points = np.stack([across, -up], axis=-1) @ plane["axes"]
    (ax,) = shown(explorer)
    tile = ax.images[0].get_array()[8 * 5 : 8 * 6, 8 * 2 : 8 * 3]
    assert np.allclose(tile, decoder(points[5, 2][None])[0, ..., 0], atol=1e-6)


@pytest.mark.parametrize(("latent_dim", "tiles"), [(1, 1), (5, 12)])
def test_the_picture_of_another_latent_space(make_vae, dataset, latent_dim, tiles):
    explorer = explore(make_vae(latent_dim=latent_dim), dataset)
    codes, decoded = shown(explorer)
    assert decoded.images[0].get_array().shape[:2] == (8 * tiles, 8 * 12)
    axis = "z0" if latent_dim == 1 else "PC 1"
    assert codes.get_xlabel().startswith(axis)


def test_the_picture_of_two_models_has_both(make_vae, dataset):
    vae = make_vae(latent_dim=5)
    axes = shown(explore({"left": vae, "right": vae}, dataset))
    assert [ax.get_title() for ax in axes if ax.get_title()] == ["left", "right"]
    assert all(ax.get_xlabel().startswith("PC 1") for ax in axes if ax.get_title())
    titles = [ax.get_title() for ax in shown(explore({"left": vae.decoder, "right": vae.decoder}))]
    assert titles == ["left", "right"]


def test_the_picture_of_a_decoder_that_ends_with_tanh_is_as_bright_as_its_images(make_vae):
    layers = [keras.layers.Dense(64, "tanh"), keras.layers.Reshape((8, 8))]
    decoder = keras.Sequential([keras.Input((2,)), *layers])
    decoder.set_weights([np.zeros((2, 64)), np.full(64, np.arctanh(-0.5))])
    (ax,) = shown(explore(decoder))
    assert np.allclose(ax.images[0].get_array(), 0.25, atol=1e-6)


NOTEBOOK = """
import keras
from fidle_vae import explore
from fidle_vae.models.networks import build_decoder
explorer = explore(build_decoder("mlp", (8, 8, 1), 2))
"""
SAVED = 'explorer.save("explorer.html")\nexplorer'


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A notebook with an explorer, executed by nbclient, which papermill and nbmake use."""
    cells = [nbformat.v4.new_code_cell(source) for source in (NOTEBOOK, "explorer", SAVED)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    folder = str(tmp_path_factory.mktemp("lesson"))
    NotebookClient(notebook, resources={"metadata": {"path": folder}}).execute()
    return notebook


def test_the_picture_of_an_automatically_run_notebook_names_the_page(executed):
    pages = [cell.outputs[0].metadata.get("fidle_vae") for cell in executed.cells[1:]]
    assert pages == [None, {"explorer": "explorer.html"}]


def test_an_automatically_run_notebook_has_the_picture_and_no_widget(executed):
    (output,) = executed.cells[1].outputs
    assert set(output.data) == {"image/png", "text/plain"}
    assert "widgets" not in executed.metadata


def pictures(page):
    return re.findall(r'<img[^>]+src="data:image/png;base64,([^"]+)"', page)


@pytest.mark.parametrize("live", [False, True])
def test_nbconvert_shows_the_picture(executed, live):
    notebook = with_widget(executed, state=False) if live else executed
    page, _ = HTMLExporter(Config()).from_notebook_node(notebook)
    assert len(pictures(page)) == 2
    assert WIDGET not in page


@pytest.mark.parametrize("state", [False, True])
def test_the_course_page_of_a_notebook_shows_the_picture_with_the_widgets_state_and_without(
    executed, state
):
    page = notebook_html(with_widget(executed, state), "A lesson", "")
    assert len(pictures(page)) == 2
    assert WIDGET not in page
    assert "embed-amd" not in page


def with_widget(notebook, state):
    """Return the notebook as JupyterLab saves it, with or without the state of widgets."""
    notebook = nbformat.from_dict(notebook)
    notebook.cells[1].outputs[0].data[WIDGET] = {"model_id": "1", "version_major": 2}
    if state:
        kept = {"1": {"model_name": "AnyModel", "model_module": "anywidget", "state": {}}}
        kind = WIDGET.replace("view", "state")
        notebook.metadata["widgets"] = {kind: {"state": kept, "version_major": 2}}
    return notebook


class Kernel:
    """Replaces the kernel of a cell that some client sent."""

    def __init__(self, **request):
        self.request = request

    def get_parent(self):
        return {"content": self.request}


@pytest.mark.parametrize(
    ("kernel", "live"),
    [
        (Kernel(allow_stdin=True), True),
        (Kernel(allow_stdin=False), False),
        (Kernel(), True),
        (object(), True),
    ],
)
def test_a_widget_is_opened_unless_the_client_takes_no_input(vae, monkeypatch, kernel, live):
    shell = type("Shell", (), {"kernel": kernel})()
    monkeypatch.setattr(widget, "get_ipython", lambda: shell)
    explorer = explore(vae)
    assert (WIDGET in explorer._repr_mimebundle_()[0]) == live


@pytest.fixture
def show(page):
    """Show an explorer in a page that replaces a notebook's front-end."""

    def show(explorer):
        page.clock.install(time=0)
        page.clock.pause_at(1000)  # from here only run_for moves it, however slow the machine is
        page.goto("about:blank")
        traits = {"content": explorer.content, "z": explorer.z}
        data = base64.b64encode(explorer.data).decode()
        page.evaluate(FRONT_END, [Explorer._esm, traits, data])
        page.clock.run_for(300)
        page.evaluate("window.saved = []")
        return page

    return show


def image(page):
    levels = page.locator("canvas.image").evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, 8, 8).data]"
    )
    return np.reshape(levels, (8, 8, 4))[..., 0]


@pytest.mark.browser
def test_python_receives_the_point_once_the_pointer_rests(show, vivid):
    page = show(explore(vivid))
    for i in range(20):
        place = {"clientX": 60 + 8 * i, "clientY": 120 + 3 * i, "pointerType": "mouse"}
        page.locator(".plane").dispatch_event("pointermove", place)
        page.clock.run_for(150)
    assert page.evaluate("window.saved") == []
    page.clock.run_for(100)
    (z,) = page.evaluate("window.saved")
    assert np.abs(image(page) - 255 * vivid.decode([z])[0, ..., 0]).max() <= 2


@pytest.mark.browser
def test_the_explorer_goes_where_python_sends_it(show, vivid):
    page = show(explore(vivid))
    page.evaluate("model.set('z', [1.25, -0.75])")
    assert np.abs(image(page) - 255 * vivid.decode([[1.25, -0.75]])[0, ..., 0]).max() <= 2


@pytest.mark.browser
def test_keys_stay_in_the_explorer_and_commands_reach_the_notebook(show, vivid):
    page = show(explore(vivid))
    suppressed = "document.getElementById('host').hasAttribute('data-lm-suppress-shortcuts')"
    page.locator(".plane").focus()
    for key in ("x", "d", "Enter", "Escape", "ArrowUp"):
        page.keyboard.press(key)
    assert page.evaluate("window.pressed") == []
    assert page.evaluate(suppressed)
    page.keyboard.down("Control")
    page.keyboard.down("s")
    assert "keydown s" in page.evaluate("window.pressed")
    assert not page.evaluate(suppressed)
    page.keyboard.up("s")
    page.keyboard.up("Control")
    assert page.evaluate(suppressed)


@pytest.mark.browser
def test_a_removed_explorer_leaves_nothing_behind(show, vivid):
    page = show(explore(vivid))
    page.locator(".plane").hover()
    page.evaluate("window.leave()")
    assert page.locator("canvas").count() == 0
    assert page.evaluate("window.listeners.size") == 0
    page.clock.run_for(1000)
    assert page.evaluate("window.saved") == []
