"""The explorer's JavaScript and style sheet, each as one text to embed in a page or notebook."""

import re
from pathlib import Path

FOLDER = Path(__file__).parent / "web"
MODULES = (  # each after the modules that it imports
    "arrays",
    "activations",
    "weighted_sum",
    "layers",
    "decoder",
    "encoder",
    "dom",
    "geometry",
    "images",
    "strokes",
    "codes",
    "names",
    "plane",
    "pointers",
    "model",
    "morph",
    "pad",
    "picker",
    "info",
    "keys",
    "frame",
    "address",
    "explorer",
)


def script() -> str:
    """Join the modules into one script, without import and export, as they share one scope."""
    texts = ((FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in MODULES)
    joined = "\n".join(texts)
    joined = re.sub(r"^import [^;]*;\n", "", joined, flags=re.MULTILINE)
    return re.sub(r"^export (?=[a-z])", "", joined, flags=re.MULTILINE)


def style() -> str:
    """Return the style sheet for the explorer's shadow root."""
    return (FOLDER / "explorer.css").read_text(encoding="utf-8")
