"""The headings of a Markdown text."""

import re


def headings(markdown: str) -> list[str]:
    """Return the headings of a Markdown text, without their markup."""
    prose = re.sub(r"^```.*?^```", "", markdown, flags=re.DOTALL | re.MULTILINE)
    found = re.findall(r"^#{1,6}\s+(.+?)[\s#]*$", prose, flags=re.MULTILINE)
    return [re.sub(r"[*`]", "", heading) for heading in found]
