"""Write the explorer as one HTML file that needs no server, no kernel and no network."""

import base64
import html
import json
import os
import re
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from fidle_vae.common.files import atomic_path
from fidle_vae.data.datasets import require_dataset
from fidle_vae.explorer.bundle import FOLDER, script, style
from fidle_vae.explorer.content import explorer_content, require_options
from fidle_vae.models.parts import parts
from fidle_vae.runs.run import runs_dir
from fidle_vae.runs.saved_models import (
    find_file,
    load_dataset_of,
    load_model,
    name_of,
    training_dataset,
)


def export_page(
    models: Sequence[str | os.PathLike] = (),
    *,
    output: str | os.PathLike | None = None,
    dataset: str = "auto",
    codes: int = 2000,
    precision: str = "float16",
    run_dir: str | os.PathLike | None = None,
    show: bool = True,
) -> Path:
    """Write the explorer of saved models as a page, and open it in the browser.

    Args:
        models: One or two runs or files, "pretrained" or "pretrained_digits"; by default the newest
            run's model.
        output: The file to write; by default `explorer.html` in the folder of all runs.
        dataset: The dataset whose held-out images are shown as codes; "auto" takes the one that
            the first model was trained on, "none" shows no codes.
        codes: Maximum number of codes.
        precision: Precision of the weights, "float16" or "float32".
        run_dir: The folder of all runs; None takes `runs_dir()`.
        show: Whether to open the page in the browser.

    Returns:
        The path of the page.
    """
    output = Path(output or Path(run_dir or runs_dir()) / "explorer.html").expanduser()
    if output.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"output must end in .html, got {str(output)!r}: try {output.stem}.html.")
    models = list(models) or ["newest"]
    require_options(len(models), codes, precision)
    if dataset not in ("auto", "none"):
        require_dataset(dataset)
    paths = [find_file(model, run_dir=run_dir) for model in models]
    loaded, trained_on = {}, {}
    for path in paths:
        name = name_of(path)
        while name in loaded:  # two files to compare may have the same name
            name += "'"
        loaded[name] = load_model(path)
        trained_on[name] = training_dataset(path)
    has_codes = any(parts(model, "the explorer").encoder for model in loaded.values())
    data = load_dataset_of(paths[0], dataset) if has_codes and dataset != "none" else None
    content, arrays = explorer_content(
        loaded, data, codes=codes, precision=precision, trained_on=trained_on
    )
    page = write_page(output, content, arrays)
    print(
        f"The explorer of {' and '.join(loaded)} is in {page} ({page.stat().st_size / 1e6:.2f} MB)"
    )
    if show:
        _open(page)
    return page


def page_text(content: dict, data: bytes) -> str:
    """Return the content that `explorer_content` returns as the text of one HTML page."""
    template = (FOLDER / "page.html").read_text(encoding="utf-8")
    parts = {
        "title": html.escape(content["title"]),
        "style": style(),
        "content": json.dumps(content).replace("<", "\\u003c"),  # no text can end the script
        "data": base64.b64encode(data).decode("ascii"),
        "script": script(),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def write_page(path: str | os.PathLike, content: dict, data: bytes) -> Path:
    """Write the content returned by `explorer_content` as one HTML file."""
    page = page_text(content, data)
    path = Path(path)
    with atomic_path(path) as partial:
        partial.write_text(page, encoding="utf-8")
    return path.resolve()


def _open(page: Path) -> None:
    """Open a page if there is a screen.

    Without one, a text browser could take over the terminal.
    """
    if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(page.as_uri())
