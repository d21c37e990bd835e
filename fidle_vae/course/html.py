"""An executed notebook as one HTML page, which needs no network."""

import base64
import copy
import html
import re
from collections.abc import Collection
from importlib.resources import files
from pathlib import Path

from jinja2 import pass_context
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import TagRemovePreprocessor
from nbconvert.preprocessors.coalescestreams import CoalesceStreamsPreprocessor
from nbformat import NotebookNode

OUTSIDE = re.compile(
    r"<(script|link|img|iframe|source|video|audio|embed|object)\b[^>]*?"
    r"\b(?:src|srcset|href|data)\s*=\s*[\"']?\s*(?:https?:)?//[^>]*>(?:\s*</\1>)?",
    re.IGNORECASE,
)
CLAIMS = "claims"  # the tag of cells that show their output only
DEFAULT_ALT = "Figure that this cell draws"
FUNCTION = "<mi>(?:log|ln|exp|sin|cos|max|min)</mi>"
REPAIRS = {  # where latex2mathml differs from what LaTeX shows
    "<mi>&#x0007E;</mi>": "<mo>&#x0223C;</mo>",  # \sim
    "<mo>&#x02016;</mo>": '<mo stretchy="false">&#x02016;</mo>',  # \lVert and \rVert, alone
    f"({FUNCTION})(?=<m(?!o))": r'\1<mspace width="0.167em"/>',
    f"(</m(?!o)[a-z]+>)({FUNCTION})": r'\1<mspace width="0.167em"/>\2',
}


def notebook_html(
    notebook: NotebookNode, title: str, folder: Path, run_folder: Path | None = None
) -> str:
    """Return a notebook as one page, with its formulas as MathML, its pictures and its styles.

    Args:
        notebook: executed, perhaps not to its end.
        title: the page's title.
        folder: the folder of the pictures that its Markdown names.
        run_folder: the folder of the explorers that it shows; None leaves their still pictures.
    """
    return export(_Exporter, "notebook.html.j2", notebook, title, folder, run_folder)


def export(
    exporter: type[HTMLExporter],
    template: str,
    notebook: NotebookNode,
    title: str,
    folder: Path,
    run_folder: Path | None = None,
    without_code: Collection[str] = (),
    without_output: Collection[str] = (),
    **options,
) -> str:
    """Return the page that an exporter with `OffLine` among its bases makes of a notebook.

    Of cells with tags in `without_code` or `without_output`, it does not show these; of claims, it
    never shows the code.
    """
    notebook = copy.deepcopy(notebook)
    explorers = [
        _show_live(output, run_folder)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]
    remove = TagRemovePreprocessor(
        enabled=True,
        remove_input_tags={CLAIMS, *without_code},
        remove_all_outputs_tags={*without_output},
    )
    converter = exporter(
        extra_template_paths=[str(files("fidle_vae.course") / "templates")],
        template_file=template,
        embed_images=True,
        exclude_anchor_links=True,
        preprocessors=[CoalesceStreamsPreprocessor(enabled=True), remove],
        **options,
    )
    resources = {"metadata": {"name": title, "path": str(folder)}, "explorers": any(explorers)}
    page, _ = converter.from_notebook_node(notebook, resources)
    return OUTSIDE.sub("", page)


def _show_live(output, run_folder):
    """Add an explorer or a film as HTML, so that it is shown; return whether it is an explorer."""
    data, metadata = output.get("data", {}), output.get("metadata", {})
    page = metadata.get("fidle_vae", {}).get("explorer")
    if page and run_folder and Path(run_folder, page).is_file():
        data["text/html"] = _explorer(data, metadata, Path(run_folder, page))
        return True
    if "image/gif" in data:
        data["text/html"] = _image("image/gif", data, metadata)
    elif "video/mp4" in data:
        data["text/html"] = _video(data, metadata)
    return False


def _explorer(data, metadata, page):
    """Return an explorer as its still picture, and the page that live.js puts in its place."""
    encoded = base64.b64encode(page.read_bytes()).decode()
    return (
        f'<div class="explorer">{_image("image/png", data, metadata)}'
        f'<iframe title="Explorer" allow="fullscreen" data-page="{encoded}"></iframe>'
        "<p>Move in it. <kbd>Esc</kbd> or a click beside it: back to the slides</p></div>"
    )


def _image(kind, data, metadata):
    return f'<img src="{_address(kind, data)}" alt="{_alt(kind, metadata)}">'


def _video(data, metadata):
    source, label = _address("video/mp4", data), _alt("video/mp4", metadata)
    return f'<video controls loop muted playsinline src="{source}" aria-label="{label}"></video>'


def _address(kind, data):
    return f"data:{kind};base64,{data[kind]}".replace("\n", "")


def _alt(kind, metadata):
    return html.escape(metadata.get(kind, {}).get("alt") or DEFAULT_ALT)


class OffLine:
    """A base to put before an HTML exporter of nbconvert, so that its page needs no network.

    Attributes:
        lesson_page: where a link to a lesson's notebook leads, from that page.
    """

    lesson_page = "../{0}/{0}.html"

    @property
    def default_config(self):
        """Show the still picture of a widget."""
        config = super().default_config
        kinds = config.NbConvertBase.display_data_priority  # a widget would need the network
        config.NbConvertBase.display_data_priority = [
            kind for kind in kinds if "widget" not in kind
        ]
        return config

    @pass_context
    def markdown2html(self, context, source):
        """Render Markdown, its formulas as MathML."""
        renderer = _Renderer(
            escape=False,
            attachments=context.get("cell", {}).get("attachments", {}),
            embed_images=self.embed_images,
            path=context["resources"]["metadata"]["path"],
            exclude_anchor_links=self.exclude_anchor_links,
        )
        renderer.lesson_page = self.lesson_page
        return MarkdownWithMath(renderer=renderer).render(source)


class _Exporter(OffLine, HTMLExporter):
    pass


class _Renderer(IPythonRenderer):
    """Formulas become MathML, links to lessons lead to their pages."""

    def inline_math(self, body):
        return _mathml(body, "inline") or super().inline_math(body)

    def block_math(self, body):
        return _mathml(body, "block") or super().block_math(body)

    def latex_environment(self, name, body):
        formula = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return _mathml(formula, "block") or super().latex_environment(name, body)

    # To embed pictures, nbconvert parses each piece of HTML, and so closes a tag such as <details>
    # that is closed only in a later piece. A piece without a picture is left as it is.
    def block_html(self, html):
        return super().block_html(html) if "<img" in html else f"{html}\n"

    def inline_html(self, html):
        return super().inline_html(html) if "<img" in html else html

    def link(self, text, url, title=None):
        lesson = re.fullmatch(r"(?:\./)?([\w.-]+)\.ipynb(#.*)?", url)
        if lesson:
            url = self.lesson_page.format(lesson[1]) + (lesson[2] or "")
        return super().link(text, url, title)


def _mathml(formula, display):
    """Return a formula as MathML, or None if it cannot be converted; then it stays as it is."""
    formula = formula.strip().replace("{aligned}", "{split}")
    try:
        mathml = convert(formula, display=display)
    except Exception:  # latex2mathml raises a dozen of its own, and others
        return None
    if re.search(r"<mi>(\\|&</mi>)", mathml):  # a command that it does not know
        return None
    for wrong, right in REPAIRS.items():
        mathml = re.sub(wrong, right, mathml)
    return mathml
