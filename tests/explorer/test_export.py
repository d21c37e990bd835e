import base64
import json
import os
import re
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from fidle_vae.data.datasets import load_dataset
from fidle_vae.explorer import export
from fidle_vae.explorer.bundle import MODULES, script
from fidle_vae.explorer.content import explorer_content
from fidle_vae.explorer.export import export_page, write_page
from fidle_vae.runs import saved_models
from fidle_vae.runs.run import Run

EVIL = '</script><script>alert("x")</script><img src=x onerror=alert(1)>{{data}}'


@pytest.fixture(autouse=True)
def runs_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FIDLE_VAE_RUN_DIR", str(tmp_path / "runs"))
    (tmp_path / "runs").mkdir()
    opened = []
    monkeypatch.setattr(export.webbrowser, "open", opened.append)
    monkeypatch.setenv("DISPLAY", ":1")
    return opened


def train_nothing(id, vae, dataset=None, age=0):
    """Create a run with a saved model, as after a training, `age` seconds ago."""
    run = Run(id)
    run.start(parameters={}, dataset=dataset)
    path = run.models / "best.keras"
    vae.save(path)
    os.utime(path, (time.time() - age,) * 2)
    return run


def parts(page):
    text = page.read_text(encoding="utf-8")
    found = re.search(r'<script id="content"[^>]*>(.*?)</script>', text, re.DOTALL)[1]
    data = re.search(r'<script id="data"[^>]*>(.*?)</script>', text, re.DOTALL)[1]
    return json.loads(found), base64.b64decode(data)


def test_a_page_contains_the_collected_content(make_vae, tmp_path):
    content, data = explorer_content({"a": make_vae()})
    page = write_page(tmp_path / "new" / "page.html", content, data)
    assert parts(page) == (content, data)


def test_markup_in_names_stays_text(make_vae, tmp_path):
    content, data = explorer_content({EVIL: make_vae()}, title=EVIL)
    page = write_page(tmp_path / "page.html", content, data)
    text = page.read_text()
    assert parts(page)[0]["title"] == EVIL
    assert text.count("<script") == 3 and text.count("</script>") == 3  # noqa: PT018
    assert "<img" not in text
    assert "&lt;/script&gt;" in re.search("<title>(.*)</title>", text)[1]


def test_a_page_contains_no_address_and_loads_nothing(make_vae, tmp_path):
    content, data = explorer_content({"a": make_vae()})
    text = write_page(tmp_path / "page.html", content, data).read_text()
    assert "default-src 'none'" in text
    assert not re.search(r"https?://|//cdn|<link(?! rel=\"icon\" href=\"data:)", text)


def test_a_page_that_cannot_be_written_leaves_the_old_one(make_vae, tmp_path, monkeypatch):
    content, data = explorer_content({"a": make_vae()})
    page = write_page(tmp_path / "new" / "page.html", content, data)
    before = page.read_bytes()

    def full(path, *_, **__):
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="disk full"):
        write_page(page, content, data)
    assert page.read_bytes() == before
    assert list(page.parent.iterdir()) == [page]


def test_the_script_is_one_scope_without_imports():
    text = script()
    assert not re.search(r"^\s*(import|export)\b", text, re.MULTILINE)
    names = re.findall(r"^(?:const|let|function|class|async function) (\w+)", text, re.MULTILINE)
    assert len(names) == len(set(names)), "two modules share a name"
    files = {path.stem for path in (export.Path(export.__file__).parent / "web").glob("*.js")}
    assert set(MODULES) == files - {"widget"}


def test_without_a_name_the_newest_runs_model_is_shown(make_vae, tmp_path, capsys):
    train_nothing("old", make_vae(shape=(28, 28, 1)), age=100)
    train_nothing("new", make_vae(shape=(28, 28, 1)), age=10)
    train_nothing("older", make_vae(shape=(28, 28, 1)), age=200)
    page = export_page(dataset="none")
    assert page == tmp_path / "runs" / "explorer.html"
    assert [model["name"] for model in parts(page)[0]["models"]] == ["new"]
    assert f"The explorer of new is in {page}" in capsys.readouterr().out


def test_without_a_run_the_pretrained_model_is_shown_on_digits_where_there_is_no_mnist(
    tmp_path, monkeypatch, runs_folder
):
    monkeypatch.setattr(
        saved_models, "load_dataset", lambda name, scale, seed: load_dataset("digits", 0.01)
    )
    page = export_page(output=tmp_path / "p.html")
    content, _ = parts(page)
    assert content["title"] == "pretrained · digits"
    assert content["notice"] == "trained on mnist, shown on digits"
    assert content["images"]["count"] == 100
    assert runs_folder == [page.as_uri()]


def test_the_page_of_the_pretrained_model_with_its_encoder_has_at_most_1_4_megabytes(
    tmp_path, monkeypatch
):
    images = load_dataset("digits", 0.2)  # 2,000 held-out images, as many as the page takes
    monkeypatch.setattr(export, "load_dataset_of", lambda path, dataset: images)
    page = export_page(["pretrained"], output=tmp_path / "p.html")
    assert "encoder" in parts(page)[0]["models"][0]
    assert page.stat().st_size < 1.4e6


@pytest.mark.parametrize(
    ("trained_on", "asked", "loaded"),
    [
        ("frey_faces", "auto", "frey_faces"),
        ("mnist", "auto", "auto"),  # so that digits replace MNIST, which is not there
        ("frey_faces", "mnist", "mnist"),
        (None, "auto", "auto"),
    ],
)
def test_by_default_the_images_are_those_of_the_training(
    make_vae, monkeypatch, trained_on, asked, loaded
):
    digits = load_dataset("digits", 0.01)
    data = digits._replace(name=trained_on) if trained_on else None
    train_nothing("mine", make_vae(shape=(28, 28, 1)), data)
    names = []
    monkeypatch.setattr(
        saved_models, "load_dataset", lambda name, scale, seed: names.append(name) or digits
    )
    export_page(["mine"], dataset=asked)
    assert names == [loaded]


def test_two_files_of_one_name_are_distinguished(make_vae, tmp_path):
    paths = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        paths.append(tmp_path / folder / "vae.keras")
        make_vae().save(paths[-1])
    content, _ = parts(export_page(paths, dataset="none"))
    assert [model["name"] for model in content["models"]] == ["vae", "vae'"]


def test_someone_elses_decoder_is_shown_and_no_dataset_is_loaded(tmp_path, monkeypatch):
    keras.utils.set_random_seed(0)
    decoder = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(27, activation="tanh"),
            keras.layers.Reshape((3, 3, 3)),
        ]
    )
    decoder.save(tmp_path / "theirs.keras")
    monkeypatch.setattr(export, "load_dataset_of", lambda *_: pytest.fail("no use for images"))
    content, _ = parts(export_page([tmp_path / "theirs.keras"]))
    assert content["models"][0]["decoder"]["range"] == [-1, 1]
    assert content["title"] == "theirs"


@keras.saving.register_keras_serializable("elsewhere")
class Strange(keras.layers.Layer):
    def call(self, x):
        return x


def test_a_model_that_keras_cannot_load_raises_a_short_error(tmp_path, monkeypatch):
    keras.Sequential([keras.Input((2,)), Strange()]).save(tmp_path / "strange.keras")
    monkeypatch.delitem(keras.saving.get_custom_objects(), "elsewhere>Strange")
    monkeypatch.delattr(f"{__name__}.Strange")
    with pytest.raises(
        ValueError, match=r"strange\.keras cannot be loaded .*of Keras's own layers"
    ) as error:
        export_page([tmp_path / "strange.keras"])
    assert len(str(error.value)) < 500
    (tmp_path / "text.keras").write_text("no model")
    with pytest.raises(ValueError, match=r"text\.keras cannot be loaded"):
        export_page([tmp_path / "text.keras"])


def test_an_unsupported_layer_is_named_and_the_old_page_stays(tmp_path):
    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(16), keras.layers.Reshape((4, 4)),
         keras.layers.GRU(4, return_sequences=True, name="memory")]
    )  # fmt: skip
    model.save(tmp_path / "gru.keras")
    page = tmp_path / "page.html"
    page.write_text("the old one")
    with pytest.raises(ValueError, match=r"'memory' of type GRU.*Conv2DTranspose"):
        export_page([tmp_path / "gru.keras"], output=page)
    assert page.read_text() == "the old one"


@pytest.mark.parametrize(
    ("models", "options", "message"),
    [
        (["a", "b", "c"], {}, "models must be one or two"),
        ([], {"output": "page.pdf"}, r"output must end in \.html, got 'page.pdf': try page\.html"),
        ([], {"codes": -1}, "codes must be an integer of 1 or more; got -1"),
        ([], {"codes": "many"}, "codes must be an integer of 1 or more; got 'many'"),
        ([], {"precision": "half"}, "precision must be 'float16' or 'float32', got 'half'"),
        ([], {"dataset": "mnits"}, "dataset name must be one of .* did you mean 'mnist'"),
    ],
)
def test_bad_options_raise_before_any_model_is_loaded(monkeypatch, models, options, message):
    monkeypatch.setattr(export, "load_model", lambda path: pytest.fail("work has started"))
    with pytest.raises(ValueError, match=message):
        export_page(models, **options)


def test_a_missing_run_raises_and_lists_the_existing_ones(make_vae):
    train_nothing("mine", make_vae())
    with pytest.raises(FileNotFoundError, match=r"'yours' is neither .* there are mine: give"):
        export_page(["yours"])


def test_the_browser_stays_closed_without_a_screen_or_on_request(
    make_vae, monkeypatch, runs_folder
):
    train_nothing("mine", make_vae())
    export_page(["mine"], dataset="none", show=False)
    assert not runs_folder
    monkeypatch.setattr(export.sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    export_page(["mine"], dataset="none")
    assert not runs_folder
    monkeypatch.setattr(export.sys, "platform", "darwin")
    page = export_page(["mine"], dataset="none")
    assert runs_folder == [page.as_uri()]


def test_weights_that_are_not_finite_raise(make_vae):
    vae = make_vae()
    vae.decoder.layers[-2].kernel.assign(np.full(vae.decoder.layers[-2].kernel.shape, np.nan))
    train_nothing("broken", vae)
    with pytest.raises(ValueError, match="finite"):
        export_page(["broken"], dataset="none")
