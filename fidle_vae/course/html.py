"""An executed notebook as one HTML page, which asks nothing of the network."""

import ast
import copy
import html
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from jinja2 import pass_context
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbconvert.preprocessors.coalescestreams import CoalesceStreamsPreprocessor
from nbformat import NotebookNode

OUTSIDE = re.compile(
    r"<(script|link|img|iframe|source|video|audio|embed|object)\b[^>]*?"
    r"\b(?:src|srcset|href|data)\s*=\s*[\"']?\s*(?:https?:)?//[^>]*>(?:\s*</\1>)?",
    re.IGNORECASE,
)
FUNCTION = "<mi>(?:log|ln|exp|sin|cos|max|min)</mi>"
REPAIRS = {  # what latex2mathml writes otherwise than LaTeX sets it
    "<mi>&#x0007E;</mi>": "<mo>&#x0223C;</mo>",  # \sim
    f"({FUNCTION})(?=<m(?!o))": r'\1<mspace width="0.167em"/>',
    f"(</m(?!o)[a-z]+>)({FUNCTION})": r'\1<mspace width="0.167em"/>\2',
}


def notebook_html(notebook: NotebookNode, title: str, folder: Path) -> str:
    """Give a notebook as a page on its own: formulas as MathML, pictures and styles within.

    Args:
        notebook: executed, or as far as it came.
        title: the page's title.
        folder: where the pictures lie that its Markdown names.
    """
    return export(_Exporter, "notebook.html.j2", notebook, title, folder)


def export(
    exporter: type[HTMLExporter],
    template: str,
    notebook: NotebookNode,
    title: str,
    folder: Path,
    preprocessors: Sequence[Preprocessor] = (),
    **options,
) -> str:
    """Give a notebook as an exporter with `OffLine` in it makes it, with a template of ours."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata["alt"] = _caption(cell.source) or "Figure that this cell draws"
            _put_in_films(cell)
    converter = exporter(
        extra_template_paths=[str(files("fidle_vae.course") / "templates")],
        template_file=template,
        embed_images=True,
        exclude_anchor_links=True,
        preprocessors=[CoalesceStreamsPreprocessor(enabled=True), *preprocessors],
        **options,
    )
    metadata = {"name": title, "path": str(folder)}
    page, _ = converter.from_notebook_node(notebook, {"metadata": metadata})
    return OUTSIDE.sub("", page)


def _caption(source):
    """Give the last caption that a cell passes to `save_figure`; an empty text without one."""
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except SyntaxError:  # such as a magic
        return ""
    captions = [
        call.args[2].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "save_figure"
        and len(call.args) == 3
        and isinstance(call.args[2], ast.Constant)
    ]
    return captions[-1] if captions else ""


def _put_in_films(cell):
    """Show GIF films, which nbconvert passes over."""
    for data in (output.data for output in cell.outputs if "data" in output):
        if "image/gif" in data:
            source, alt = data["image/gif"].replace("\n", ""), html.escape(cell.metadata["alt"])
            data["text/html"] = f'<img src="data:image/gif;base64,{source}" alt="{alt}">'


class OffLine:
    """Goes before an HTML exporter of nbconvert: what it makes asks nothing of the network.

    Attributes:
        lesson_page: where a link to a lesson's notebook leads, from the page that is made.
    """

    lesson_page = "../{0}/{0}.html"

    @property
    def default_config(self):
        """Show of a widget what stands for it."""
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

    def _html_embed_images(self, html):
        if "<img" not in html:  # nbconvert would close what is left open here, such as <details>
            return html
        return super()._html_embed_images(html)

    def link(self, text, url, title=None):
        lesson = re.fullmatch(r"(?:\./)?([\w.-]+)\.ipynb(#.*)?", url)
        if lesson:
            url = self.lesson_page.format(lesson[1]) + (lesson[2] or "")
        return super().link(text, url, title)


def _mathml(formula, display):
    """Convert LaTeX to MathML; give None for what cannot be, which then stays as it is."""
    formula = formula.strip().replace("{aligned}", "{split}")
    try:
        mathml = convert(formula, display=display)
    except Exception:  # it has a dozen, and others escape it
        return None
    if re.search(r"<mi>(\\|&</mi>)", mathml):  # a command that it does not know
        return None
    for wrong, right in REPAIRS.items():
        mathml = re.sub(wrong, right, mathml)
    return mathml
