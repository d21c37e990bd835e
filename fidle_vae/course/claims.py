"""Whether a lesson kept its word: its claims, as its run left them, against the catalogue."""

import math
from collections.abc import Mapping

from fidle_vae.course.catalogue import catalogue


def broken_claims(id: str, manifest: Mapping) -> list[str]:
    """Return a sentence for each claim of a lesson that its run did not make or does not hold.

    Args:
        id: the lesson, such as "VAE1".
        manifest: that of its run.
    """
    made = manifest.get("claims") or {}
    listed = catalogue()[id].claims if id in catalogue() else []
    sentences = [f"claim {name} was not made" for name in listed if name not in made]
    for name, claim in made.items():
        if id in catalogue() and name not in listed:
            sentences.append(f"claim {name} is not in the catalogue")
        if not claim["holds"]:
            bounds = {key: claim[key] for key in ("at_least", "at_most") if claim[key] is not None}
            asked = " and ".join(f"{key.replace('_', ' ')} {n:g}" for key, n in bounds.items())
            value = math.nan if claim["value"] is None else claim["value"]
            sentences.append(
                f"claim {name} does not hold: {value:.4g}, not {asked} ({claim['says']})"
            )
    return sentences
