"""What of a Markdown cell a slide shows; all other words are notes for the speaker."""

import copy
import re

from bs4 import BeautifulSoup, NavigableString, Tag

MOST_ITEMS = 5  # of a list that is shown
LEAD_IN_WORDS = 3  # of bold words that name what follows, such as "What to notice."
ALWAYS_SHOWN = ("h1", "h2", "h3", "h4", "table", "pre")
SHOWN_INSIDE = "math[display=block], img"
SENTENCE_END = re.compile(r"[.?!:…][\"')”]*\s*$")


def slide_words(rendered: str) -> str:
    """Return what a slide shows of a Markdown cell, followed by its notes for the speaker.

    A slide shows headings, displayed formulas, tables, code, pictures, short lists, and of a
    paragraph its sentences in bold. The notes are an <aside> with every paragraph that says more,
    long lists, and the answers in <details>.

    Args:
        rendered: the cell as HTML.
    """
    soup = BeautifulSoup(rendered, "html.parser")
    shown, notes = [], []
    for block in soup.find_all(True, recursive=False):
        if _is_shown(block):
            shown.append(str(block))
        elif block.name == "p":
            points = _points(block)
            shown += [_line(point) for point in points]
            notes += [str(block)] if _says_more(block, points) else []
        else:
            notes.append(str(block).replace("<details>", "<details open>"))
    if notes:
        shown.append("\n".join(['<aside class="notes">', *notes, "</aside>"]))
    return "\n".join(shown)


def _is_shown(block):
    if block.name in ("ul", "ol"):
        return len(block.find_all("li", recursive=False)) <= MOST_ITEMS
    return block.name in ALWAYS_SHOWN or "highlight" in block.get("class", ())


def _points(paragraph: Tag) -> list[Tag]:
    """Return what a slide shows of a paragraph: formulas, pictures and sentences in bold."""
    found = paragraph.select("math[display=block], img, strong")
    return [part for part in found if part.name != "strong" or _is_sentence(part)]


def _line(point):
    """Return a point of a paragraph as a line of its own."""
    if point.name == "math":
        return str(point)
    kind = "lead-in" if point.name == "strong" and _leads_in(point) else "point"
    point = copy.copy(point)
    first = point.contents[0] if point.contents else None
    if isinstance(first, NavigableString):  # it may have followed a colon
        first.replace_with(first[:1].upper() + first[1:])
    return f'<p class="{kind}">{point}</p>'


def _is_sentence(bold):
    """Return whether bold words are a whole sentence, and neither a part nor a beginning of one."""
    words, before, after = bold.get_text(), _text_before(bold), _text_after(bold)
    begins = not before or SENTENCE_END.search(before)
    ends = not after or SENTENCE_END.search(words) or re.match("[.?!]", after)
    return bool(begins and ends) and not (after and words.endswith(":"))


def _leads_in(bold):
    return not _text_before(bold) and len(bold.get_text().split()) <= LEAD_IN_WORDS


def _text_before(part):
    return "".join(each.get_text() for each in reversed([*part.previous_siblings])).strip()


def _text_after(part):
    return "".join(each.get_text() for each in part.next_siblings).strip()


def _says_more(paragraph, points):
    """Return whether a paragraph has words beside its points."""
    rest = copy.copy(paragraph)
    for part, whole in zip(rest.find_all(True), paragraph.find_all(True), strict=True):
        if any(whole is point for point in points):
            part.clear()
    return bool(re.search(r"\w", rest.get_text()))
