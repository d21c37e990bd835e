"""The answers of a submission, run in its own process for the judge, which sees data alone."""

import base64
import contextlib
import inspect
import itertools
import pickle
from collections.abc import Callable, Iterator

import keras
import numpy as np
from keras import ops

from fidle_vae.grading.networks import write_network
from fidle_vae.grading.wire import KINDS, read, write

MOST = 10_000  # values of an iterator


class Answers:
    """Runs what a submission defines, as the judge asks.

    Args:
        namespace: what the submission defines.
        ask: sends the judge a request for something of its own, and returns its reply.
    """

    def __init__(self, namespace: dict, ask: Callable):
        self._namespace, self._ask = namespace, ask
        self._kept: list[object] = []  # objects that the judge knows by their numbers
        self._given: dict[int, object] = {}  # the judge's own, by its numbers

    def reply(self, request: dict) -> dict:
        """Return what was asked for, or the error that it raised."""
        self._changing = set()  # numbers of the judge's networks that this one is to change
        try:
            value = self._write(self._value(request))
            changed = {str(n): self._write(_state(self._given[n])) for n in self._changing}
            return {"value": value, "changed": changed}
        except BaseException as error:  # a submission may raise anything, even SystemExit
            return {"error": [type(error).__name__, str(error)[:1000]]}

    def _value(self, request):
        if "name" in request:
            return self._namespace[request["name"]]
        if "get" in request:
            return getattr(self._kept[request["get"]], request["attribute"])
        function, arguments, named = (self._read(request[key]) for key in ("call", "with", "named"))
        return function(*arguments, **named)

    def _read(self, words):
        return read(words, self._read_other)

    def _read_other(self, kind, content):
        if kind == "yours":
            return self._kept[content]
        number, pickled, may_change = content
        if may_change:
            self._changing.add(number)
        if pickled is None:
            self._given[number] = _Given(number, self._use)
        else:  # by the judge, which no submission can change
            self._given[number] = pickle.loads(base64.b64decode(pickled))
        return self._given[number]

    def _write(self, value):
        return write(value, self._write_other)

    def _write_other(self, value):
        for number, given in self._given.items():
            if value is given:
                return {"given": number}
        if isinstance(value, Iterator):
            return self._write(list(itertools.islice(value, MOST)))
        with contextlib.suppress(Exception):  # a variable, for example, or a table of Pandas
            array = np.asarray(ops.convert_to_numpy(value))
            if hasattr(value, "__array__") and array.dtype.kind in KINDS:
                return self._write(array)
        written = write_network(value) if isinstance(value, keras.Layer) else None
        if written:
            return {"network": write(written, self._write_other)}
        self._kept.append(value)
        kind, name = _kind(value), getattr(value, "name", None) or getattr(value, "__name__", "")
        inside = self._known_inside(value) if kind == "network" else []
        return {"kept": [len(self._kept) - 1, kind, str(name)[:100], _parameters(value), inside]}

    def _known_inside(self, network):
        """Return the layers in a network that the judge can build, as plain data."""
        found = []
        for layer in network._flatten_layers(include_self=False, recursive=False):
            known = write_network(layer)
            found += [self._write_other(layer)] if known else self._known_inside(layer)
        return found

    def _use(self, number, **how):
        """Ask for an attribute of something that the judge keeps, or call it."""
        reply = self._ask({"use": number} | {key: self._write(each) for key, each in how.items()})
        if "error" in reply:
            kind, message = reply["error"]
            raise (AttributeError if kind == "AttributeError" else ValueError)(message)
        return self._read(reply["value"])


class _Given:
    """Stands for something that the judge keeps, such as a network that notes how it is used."""

    def __init__(self, number, use):
        self._number, self._use = number, use

    def __call__(self, *arguments, **named):
        return self._use(self._number, **{"with": arguments, "named": named})

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self._use(self._number, attribute=name)


def _state(network):
    return {
        "weights": network.get_weights(),
        "notes": {name: getattr(network, name) for name in getattr(network, "NOTES", ())},
    }


def _kind(value):
    if inspect.isroutine(value):
        return "function"
    if isinstance(value, keras.Model):
        return "network"
    return "class" if inspect.isclass(value) else "object"


def _parameters(value):
    """Return name, kind and whether it has a default of each parameter of a function; or None."""
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):  # not callable, or a built-in
        return None
    return [[each.name, int(each.kind), each.default is not each.empty] for each in parameters]
