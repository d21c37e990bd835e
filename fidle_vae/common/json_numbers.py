"""Numbers that JSON does not know: NaN and infinity."""

import math
from typing import Any


def finite(value: Any) -> Any:
    """Return a value of dicts, lists and numbers, with None for each number that is not finite."""
    if isinstance(value, dict):
        return {name: finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
