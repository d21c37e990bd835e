"""Times and numbers, written for a reader."""


def duration(seconds: float) -> str:
    """Return a time in words: "8.3 s", "1 min 12 s", "2 h 5 min"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def number(value: object, name: str = "") -> str:
    """Return a value as text: an ELBO with two decimals, others with four digits."""
    if isinstance(value, float):
        return f"{value:.2f}" if "elbo" in name else f"{value:.4g}"
    if isinstance(value, int) and not isinstance(value, bool) and name != "seed":
        return f"{value:,}"
    if isinstance(value, list):
        return ", ".join(number(element) for element in value)
    return str(value)
