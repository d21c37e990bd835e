import itertools
import json
import re

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from fidle_vae.common.wording import duration, number
from fidle_vae.runs.report import write_report
from fidle_vae.runs.run import Run
from tests.course.test_html import outside

NONE = "\N{EN DASH}"
CLAIMS = {
    "classes_survive": {
        "name": "classes_survive", "says": "Most classes survive.",
        "value": 0.634, "at_least": 0.5, "at_most": None,
        "unit": "%", "holds": True, "otherwise": "never shown",
    },
    "kl_pays": {
        "name": "kl_pays", "says": "The KL pays.",
        "value": 6.3154, "at_least": 2.0, "at_most": 12.0,
        "unit": "nats", "holds": True, "otherwise": "",
    },
    "one_map": {
        "name": "one_map", "says": "Both are one map.",
        "value": 3.0, "at_least": None, "at_most": 2.5,
        "unit": "", "holds": False, "otherwise": "Train on more images.",
    },
}  # fmt: skip
MANIFEST = {
    "id": "VAE1",
    "status": "finished",
    "started": "2026-01-02T03:04:05+00:00",
    "parameters": {"dataset": "auto", "scale": 0.1, "loss_weights": [1.0, 0.001], "seed": 12345},
    "seed": 12345,
    "dataset": {"name": "mnist", "train": 60000, "test": 10000},
    "versions": {"python": "3.11.7", "keras": "3.15.1"},
    "backend": "tensorflow",
    "device": "cpu",
    "machine": "Linux, 2 CPU cores",
    "timings": {"training": 61.5},
    "metrics": {"elbo": -160.806, "r_loss": 0.243674, "kl_loss": 6.30543, "units": 2},
    "figures": {"01-digits.png": "Some digits", "02-morph.gif": ""},
    "lesson": {"title": "VAE1: first steps", "seconds": 72.4},
}


def make_run(root, id="VAE1", files=("html", "ipynb"), **changes):
    folder = root / id / "figures"
    folder.mkdir(parents=True)
    (root / id / "manifest.json").write_text(json.dumps(MANIFEST | {"id": id} | changes))
    Image.new("L", (40, 10)).save(folder / "01-digits.png")
    Image.new("L", (10, 10)).save(folder / "02-morph.gif")
    for suffix in files:
        (root / id / f"{id}.{suffix}").write_text("")
    return root


def read(root):
    return BeautifulSoup(write_report(root).read_text(encoding="utf-8"), "html.parser")


def text(tag):
    return " ".join(tag.get_text(" ").split())


def test_a_run_shows_what_it_is_and_what_it_found(tmp_path):
    section = read(make_run(tmp_path)).find("section", id="VAE1")
    assert section.h2.get_text() == "VAE1: first steps"
    tiles = {text(tile.dt): text(tile.dd) for tile in section.select(".tile")}
    assert tiles == {
        "ELBO, nats per image": "-160.81",
        "reconstruction loss, nats per pixel": "0.2437",
        "KL divergence, nats per image": "6.305",
        "time": "1 min 12 s",
    }
    words = text(section)
    for known in (
        "mnist, 60,000 images to train on and 10,000 held out", "units 2", "dataset auto",
        "loss_weights 1, 0.001", "seed 12345", "training 1 min 2 s", "keras 3.15.1", "Device cpu",
        "Machine Linux, 2 CPU cores", "Backend tensorflow", "Started 2026-01-02",
    ):  # fmt: skip
        assert known in words
    assert not section.select(".notice")


def test_figures_are_in_the_page_with_captions_and_can_be_enlarged(tmp_path):
    page = read(make_run(tmp_path))
    figures = page.select("figure")
    assert [text(figure.figcaption) for figure in figures] == ["Some digits", "Morph"]
    assert [figure.img["alt"] for figure in figures] == ["Some digits", "Morph"]
    assert [figure.img["src"].split(",")[0] for figure in figures] == [
        "data:image/png;base64", "data:image/gif;base64",
    ]  # fmt: skip
    assert figures[0]["style"] == "--aspect: 4.00"
    assert all(figure.button for figure in figures)  # reachable by keyboard
    assert page.find("dialog").find("button", string="Close")


def test_each_claim_is_listed_with_its_mark_its_number_and_its_bound(tmp_path):
    section = read(make_run(tmp_path, claims=CLAIMS)).find("section")
    assert [text(line) for line in section.select(".claims li")] == [
        "✓ Holds: Most classes survive. 63.4 % (at least 50 %).",
        "✓ Holds: The KL pays. 6.32 nats (2 to 12 nats).",
        "✗ Not in this run: Both are one map. 3 (at most 2.5). Train on more images.",
    ]
    assert text(section.select_one(".tile")) == "claims held 2 of 3"


def test_the_datasets_and_the_claims_of_all_runs_stand_on_top(tmp_path):
    make_run(tmp_path, claims=CLAIMS)
    make_run(tmp_path, "VAE2", claims={"kl_pays": CLAIMS["kl_pays"]})
    make_run(tmp_path, "VAE3", dataset={"name": "digits", "train": 900, "test": 100})
    page = read(tmp_path)
    words = text(page.header)
    assert "Claims held: 3 of 4" in words
    assert "Data: mnist , 60,000 images to train on and 10,000 held out" in words
    assert "Data: digits , 900 images to train on and 100 held out" in words
    head, *rows = page.find("table").find_all("tr")
    column = [text(cell) for cell in head.find_all("th")].index("Claims held")
    shown = [text(row.find_all(["th", "td"])[column]) for row in rows]
    assert shown == ["2 of 3", "1 of 1", NONE]


def test_runs_without_claims_say_nothing_of_claims(tmp_path):
    page = read(make_run(tmp_path))
    assert not page.select(".claims")
    assert "laims" not in text(page.body)


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (390, 844)])
def test_the_page_fits_every_window_and_wide_figures_take_its_width(tmp_path, page, size):
    root = make_run(tmp_path, claims=CLAIMS, metrics=MANIFEST["metrics"] | {"m" * 40: 1.0})
    Image.new("L", (800, 200)).save(root / "VAE1" / "figures" / "01-digits.png")
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    page.goto(write_report(root).as_uri())
    beyond = """[...document.querySelectorAll("body *")].filter(element => {
        const box = element.getBoundingClientRect();
        return box.width && box.right > innerWidth && !element.closest("dialog, .skip");
    }).map(element => element.outerHTML.slice(0, 80))"""
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.evaluate(beyond) == []
    content, wide, square = (
        page.locator(selector).bounding_box()["width"]
        for selector in (".figures", "figure >> nth=0", "figure >> nth=1")
    )
    assert wide == pytest.approx(content, abs=1)
    assert square > 0.4 * min(content, size[1])


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_of_claims_can_be_told_from_the_page_in_both_themes(tmp_path, page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(write_report(make_run(tmp_path, claims=CLAIMS)).as_uri())

    def colour(selector, name):
        value = page.locator(selector).first.evaluate(f"e => getComputedStyle(e).{name}")
        return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", value)[:3])

    paper = luminance(colour("body", "backgroundColor"))
    marks = [colour(".claims .mark", "color"), colour(".claims .fails .mark", "color")]
    for mark in marks:
        low, high = sorted([luminance(mark), paper])
        assert (high + 0.05) / (low + 0.05) >= 4.5
    assert len(set(marks)) == 2


def test_the_page_needs_no_network(tmp_path):
    make_run(tmp_path)
    assert outside(write_report(tmp_path).read_text()) == []
    assert "http" not in write_report(tmp_path).read_text()


def test_runs_are_compared_and_lessons_come_first_in_their_order(tmp_path):
    for id, order in (("L10", 1), ("L2", 0), ("a-training", None)):
        lesson = MANIFEST["lesson"] | {"order": order} if order is not None else None
        metrics = MANIFEST["metrics"] if lesson else {"elbo": -1.0}
        make_run(tmp_path, id, lesson=lesson, metrics=metrics)
    page = read(tmp_path)
    rows = [text(row) for row in page.find("table").tbody.find_all("tr")]
    assert rows == [
        "L2 mnist -160.81 0.2437 6.305 1 min 12 s",
        "L10 mnist -160.81 0.2437 6.305 1 min 12 s",
        f"a-training mnist -1.00 {NONE} {NONE} 1 min 2 s",
    ]
    assert [section["id"] for section in page.select("section")] == ["L2", "L10", "a-training"]
    links = [a["href"] for a in page.nav.find_all("a")]
    assert links == ["#main", "#L2", "#L10", "#a-training"]
    assert all(page.find(id=link[1:]) for link in links)


def test_a_lesson_shows_the_key_metrics_that_it_names_and_only_shared_ones_are_compared(tmp_path):
    own = {"accuracy": "accuracy, of 1", "elbo": "ELBO, nats per image", "absent": "never measured"}
    lesson = MANIFEST["lesson"] | {"order": 0, "key_metrics": own}
    make_run(tmp_path, "L1", lesson=lesson, metrics={"accuracy": 0.93, "elbo": -150.0, "r_loss": 1})
    make_run(tmp_path, "L2")
    page = read(tmp_path)
    tiles = [text(tile.dt) for tile in page.find("section", id="L1").select(".tile")]
    assert tiles == ["accuracy, of 1", "ELBO, nats per image", "time"]
    heads = [text(head) for head in page.find("table").thead.find_all("th")]
    assert heads == ["Run", "Data", "ELBO", "Time"]  # L2 alone has the others
    assert "r_loss" in text(page.find("section", id="L1"))


def test_a_run_without_known_metrics_shows_those_it_has(tmp_path):
    metrics = {"accuracy": 0.5, "b": 1.0, "c": 2.0, "d": 3.0}
    page = read(make_run(tmp_path, lesson=None, metrics=metrics))
    tiles = {text(tile.dt): text(tile.dd) for tile in page.select(".tile")}
    assert tiles == {"accuracy": "0.5", "b": "1", "c": "2", "time": "1 min 2 s"}
    heads = [text(head) for head in page.find("table").thead.find_all("th")]
    assert heads == ["Run", "Data", "accuracy", "b", "c", "Time"]


@pytest.mark.parametrize("files", [(), ("html",), ("html", "ipynb")])
def test_only_pages_that_exist_are_linked(tmp_path, files):
    section = read(make_run(tmp_path, files=files)).find("section")
    links = [a["href"] for a in section.find_all("a")]
    assert links == [f"../VAE1/VAE1.{suffix}" for suffix in files]


@pytest.mark.parametrize(
    ("files", "shown"),
    [
        (("explorer.html",), {"Explore the latent space": "explorer.html"}),
        (("film.gif",), {"Watch the training": "film.gif"}),
        (("film.gif", "film.mp4"), {"Watch the training": "film.mp4"}),
    ],
)
def test_explorer_and_film_are_linked_where_they_are(tmp_path, files, shown):
    root = make_run(tmp_path, files=())
    for name in files:
        (root / "VAE1" / name).touch()
    links = {a.text: a["href"] for a in read(root).find("section").find_all("a")}
    assert links == {text: f"../VAE1/{name}" for text, name in shown.items()}


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("failed", "This run failed in cell 14 (5. Balance): ValueError: no."),
        ("interrupted", "This run was interrupted in cell 14 (5. Balance): ValueError: no."),
        ("pruned", "This run was pruned in cell 14 (5. Balance): ValueError: no."),
        ("running", "This run was interrupted in cell 14"),  # its process was killed
    ],
)
def test_a_run_that_did_not_finish_says_so_everywhere(tmp_path, status, sentence):
    lesson = {"cell": 14, "section": "5. Balance"}
    page = read(make_run(tmp_path, status=status, lesson=lesson, error="ValueError: no"))
    word = status if status != "running" else "interrupted"
    assert sentence in text(page.find("section").select_one(".notice"))
    assert f"VAE1 {word}" in text(page.find("table"))
    assert f"VAE1 ({word})" in text(page.nav)


def test_a_run_that_is_under_way_says_which_epoch_it_has_reached(tmp_path):
    run = Run("train", root=tmp_path, seed=1)
    (run.images / "epoch-003-decoded.png").touch()
    notice = "This run has not ended yet; it has reached epoch 3."
    assert notice in text(read(tmp_path).find("section").select_one(".notice"))


def test_the_finished_run_before_an_interrupted_one_is_named_and_not_shown(tmp_path):
    make_run(tmp_path, status="interrupted")
    make_run(tmp_path, id=".VAE1.earlier")
    page = read(tmp_path)
    assert [section["id"] for section in page.select("section.run")] == ["VAE1"]
    assert "is kept in the folder .VAE1.earlier." in text(
        page.find("section").select_one(".notice")
    )


def test_a_figure_outside_the_folder_is_not_shown(tmp_path):
    make_run(tmp_path, figures={"../../secret.png": "", "/etc/hostname": ""})
    Image.new("L", (40, 10)).save(tmp_path / "secret.png")
    assert not read(tmp_path).select("figure img")


def test_a_training_without_lesson_is_finished_and_takes_the_time_of_its_parts(tmp_path):
    section = read(make_run(tmp_path, "train", files=(), lesson=None)).find("section")
    assert section.h2.get_text() == "train"
    assert "1 min 2 s" in text(section.select_one(".tiles"))


@pytest.mark.parametrize(
    "damage",
    [
        '{"id": ',
        "[]",
        '{"figures": ["a"]}',
        '{"metrics": 3}',
        '{"timings": {"a": "b"}}',
        "\0",
        '{"timings": {"a": 1e999}}',
        '{"lesson": {"seconds": 1e999}}',
        "[" * 100_000,
    ],
)
def test_a_damaged_manifest_is_reported_and_breaks_nothing(tmp_path, damage):
    make_run(tmp_path)
    make_run(tmp_path, "VAE2")
    (tmp_path / "VAE2" / "manifest.json").write_text(damage)
    page = read(tmp_path)
    assert "manifest.json cannot be read" in text(page.find("section", id="VAE2"))
    assert "VAE2 damaged" in text(page.find("table"))
    assert "-160.81" in text(page.find("section", id="VAE1"))


@pytest.mark.parametrize("manifest", [{}, {"figures": {}}, {"parameters": None, "dataset": None}])
def test_a_nearly_empty_manifest_is_shown(tmp_path, manifest):
    make_run(tmp_path)
    (tmp_path / "VAE1" / "manifest.json").write_text(json.dumps(manifest))
    page = read(tmp_path)
    assert text(page.find("table").tbody) == f"VAE1 interrupted{2 * (chr(32) + NONE)}"


@pytest.mark.parametrize("content", [None, b"no picture"])
def test_a_missing_or_broken_figure_is_named(tmp_path, content):
    path = make_run(tmp_path) / "VAE1" / "figures" / "01-digits.png"
    path.unlink() if content is None else path.write_bytes(content)
    first, second = read(tmp_path).select("figure")
    assert "01-digits.png is missing, or is not a picture" in text(first)
    assert second.img


def test_all_text_is_escaped(tmp_path):
    evil = '"><script>alert(1)</script>'
    make_run(
        tmp_path,
        parameters={evil: evil},
        metrics={"elbo": evil},
        dataset={"name": evil},
        figures={"01-digits.png": evil},
        versions={evil: evil},
        lesson={"title": evil, "status": evil, "error": evil, "section": evil, "cell": 1},
    )
    page = read(tmp_path)
    assert len(page.find_all("script")) == 1
    assert "alert" not in page.script.get_text()
    assert page.find("section").h2.get_text() == evil
    assert page.figure.img["alt"] == evil


def test_the_page_can_be_read_aloud_and_by_keyboard(tmp_path):
    page = read(make_run(tmp_path))
    assert page.html["lang"] == "en"
    assert page.find("a", class_="skip")["href"] == "#main"
    assert page.header
    assert page.main
    assert page.nav["aria-label"]
    assert all(image.has_attr("alt") for image in page.find_all("img"))
    assert all(page.find(id=tag["aria-labelledby"]) for tag in page.select("[aria-labelledby]"))
    levels = [int(tag.name[1]) for tag in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    style = page.style.get_text()
    for rule in (
        "prefers-color-scheme: dark",
        "prefers-reduced-motion",
        "@media print",
        ":focus-visible",
    ):
        assert rule in style


def luminance(colour):
    """Return the luminance of "#fff" or "#ffffff", by the formula of the WCAG."""
    _, *digits = colour
    pairs = [2 * digit for digit in digits] if len(digits) == 3 else re.findall("..", colour[1:])
    channels = [int(pair, 16) / 255 for pair in pairs]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_has_enough_contrast_with_its_background(tmp_path):
    style = read(make_run(tmp_path)).style.get_text()
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in style.split("@media")[:2]
    )
    on = {
        "ink": "page card",
        "soft": "page card",
        "accent": "page card",
        "good": "page card",
        "bad": "bad-card page",
        "wait": "wait-card",
    }
    for palette in (light, dark):
        for ink, papers in on.items():
            for paper in papers.split():
                low, high = sorted(luminance(palette[name]) for name in (ink, paper))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, paper)


def test_a_folder_without_runs_raises(tmp_path):
    with pytest.raises(ValueError, match=r"no run is in .*: run `fidle-vae run` first"):
        write_report(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_page_that_cannot_be_written_leaves_the_former_one(tmp_path, monkeypatch):
    report = write_report(make_run(tmp_path))
    before = report.read_text()

    def fail_midway(path, *_, **__):
        path.write_bytes(b"<html>")
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.write_text", fail_midway)
    with pytest.raises(OSError, match="disk full"):
        write_report(tmp_path)
    assert report.read_text() == before
    assert list(report.parent.iterdir()) == [report]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (8.34, "8.3 s"), (9.97, "10.0 s"), (59.7, "1 min 0 s"), (72.4, "1 min 12 s"),
     (42, "42 s"), (3600, "1 h 0 min"), (7530, "2 h 5 min")],
)  # fmt: skip
def test_durations_are_written_for_readers(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("value", "name", "words"),
    [(-160.806, "elbo", "-160.81"), (0.24367, "r_loss", "0.2437"), (60000, "train", "60,000"),
     (12345, "seed", "12345"), (True, "", "True"), ([1.0, 0.001], "", "1, 0.001"),
     (1e-7, "", "1e-07"), (float("nan"), "loss", "nan"), ("auto", "", "auto")],
)  # fmt: skip
def test_numbers_are_written_for_readers(value, name, words):
    assert number(value, name) == words
