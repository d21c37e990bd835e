"""Reads Markdown."""

import re


def headings(markdown: str) -> list[str]:
    """Give the headings of a Markdown text, without those signs that make them."""
    prose = re.sub(r"^```.*?^```", "", markdown, flags=re.DOTALL | re.MULTILINE)
    found = re.findall(r"^#{1,6}\s+(.+?)[\s#]*$", prose, flags=re.MULTILINE)
    return [re.sub(r"[*`]", "", heading) for heading in found]
