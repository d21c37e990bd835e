"""Damage a file: its bytes, what is in its archive, or a value of its JSON."""

import copy
import io
import json
import random
import zipfile

import numpy as np

STRANGE = (
    None, -1, 0, 1e999, float("nan"), 10**30, 99_999_999, "", "x" * 1000, "../../etc", [], {}, [[]],
    True,
)  # fmt: skip


def mutate(content: bytes, rng: random.Random) -> bytes:
    """Return a damaged copy of a file's content; archives and JSON are damaged within, mostly."""
    if rng.random() < 0.7:
        if content[:2] == b"PK":
            return _mutate_archive(content, rng)
        if content[:1] in b"{[":
            return _mutate_json(content, rng)
    return _mutate_bytes(content, rng)


def _mutate_bytes(content, rng):
    content = bytearray(content)
    for _ in range(rng.choice((1, 1, 3, 20))):
        at = rng.randrange(len(content) + 1)
        match rng.randrange(5):
            case 0:
                del content[at:]
            case 1:
                del content[at : at + rng.randrange(1, 200)]
            case 2:
                content[at:at] = rng.randbytes(rng.randrange(1, 50))
            case 3:
                content[at : at + 8] = rng.choice((b"\xff" * 8, b"\0" * 8, b"99999999"))
            case _ if content:
                content[rng.randrange(len(content))] = rng.randrange(256)
    return bytes(content)


def _mutate_archive(content, rng):
    """Damage one member, and pack it anew, so that its checksum is right."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(list(members))
    match rng.randrange(4):
        case 0:
            del members[name]
        case 1 if name.endswith(".npy"):
            members[name] = _mutate_bytes(members[name][:128], rng) + members[name][128:]
        case 2 if name.endswith(".npy"):
            members[name] = _mutate_array(members[name], rng)
        case _:
            members[name] = mutate(members[name], rng)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for each, data in members.items():
            archive.writestr(each, data)
    return packed.getvalue()


def _mutate_array(content, rng):
    """Return another array that is whole: of another size, type, or with strange values."""
    array = np.load(io.BytesIO(content), allow_pickle=False)
    if array.dtype.kind == "U" and array.ndim == 0:  # JSON
        array = np.array(_mutate_json(str(array).encode(), rng).decode(errors="replace"))
    else:
        change = rng.choice(
            (
                lambda x: x[:-1],
                lambda x: x[..., :-1],
                lambda x: np.concatenate([x, x]),
                lambda x: x.ravel(),
                lambda x: x[None],
                lambda x: x[:0],
                lambda x: x.astype(complex),
                lambda x: x.astype("U"),
                lambda x: np.full(x.shape, np.inf, x.dtype if x.dtype.kind == "f" else float),
                lambda x: x * 0 - 1,
                lambda x: x.astype(float) * 1e30,
            )
        )
        array = change(array if array.ndim else array[None])
    packed = io.BytesIO()
    np.save(packed, array)
    return packed.getvalue()


def _mutate_json(content, rng):
    try:
        tree = json.loads(content)
    except ValueError:
        return _mutate_bytes(content, rng)
    for _ in range(rng.choice((1, 1, 2, 5))):
        places = list(_places(tree))
        if not places:
            break
        holder, key = rng.choice(places)
        if rng.random() < 0.2 and isinstance(holder, dict):
            del holder[key]
        else:
            holder[key] = copy.deepcopy(rng.choice(STRANGE))
    return json.dumps(tree).encode()


def _places(tree):
    """Yield each place of a JSON document, as the dict or list that holds it, and its key."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in list(items):
        yield tree, key
        if isinstance(value, dict | list):
            yield from _places(value)
