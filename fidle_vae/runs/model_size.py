"""How much memory a saved Keras model would take, known before any is taken."""

import json
import math
import zipfile
from pathlib import Path

LARGEST = 1_000_000_000  # bytes of a model's weights
LARGEST_CONFIG = 20_000_000  # bytes of its config.json
SIZES = ("units", "filters", "output_dim")  # of a layer, in its config


def require_modest(path: Path) -> None:
    """Raise ValueError if a .keras file holds, or its layers promise, more than a gigabyte."""
    with zipfile.ZipFile(path) as archive:
        sizes = {member.filename: member.file_size for member in archive.infolist()}
        if sum(sizes.values()) > LARGEST:
            raise ValueError(f"it holds {sum(sizes.values()):,} bytes, more than {LARGEST:,}")
        if sizes.get("config.json", 0) > LARGEST_CONFIG:
            raise ValueError(f"its config.json has more than {LARGEST_CONFIG:,} bytes")
        config = json.loads(archive.read("config.json"))
    promised = 4 * _weights(config)
    if promised > LARGEST:
        raise ValueError(f"its layers need {promised:,} bytes, more than {LARGEST:,}")


def _weights(config):
    """Return about how many weights the layers of a config have, nested ones included."""
    if isinstance(config, list):
        return sum(map(_weights, config))
    if not isinstance(config, dict):
        return 0
    own = config.get("config")
    size = next((own[name] for name in SIZES if name in own), 0) if isinstance(own, dict) else 0
    count = 0
    if isinstance(size, int | float) and size:
        built = config.get("build_config")
        shape = built.get("input_shape") if isinstance(built, dict) else None
        kernel = own.get("kernel_size") or [1]
        inputs = shape[-1] if isinstance(shape, list) and shape else 1
        known = [inputs, *(kernel if isinstance(kernel, list) else [kernel])]
        count = abs(size) * math.prod(abs(n) for n in known if isinstance(n, int | float))
    return count + sum(_weights(each) for each in config.values())
