"""What stands for the answers of a submission where they are judged, in another process.

Nothing that comes from the submission is executed or unpickled here.
"""

import base64
import builtins
import inspect
import pickle
from collections.abc import Callable

import keras

from fidle_vae.checks.engine import Spy
from fidle_vae.grading.networks import build_network
from fidle_vae.grading.wire import read, write

FUNCTION = "def stand_in(*arguments, **named):\n    return call(*arguments, **named)"


class StandIns(dict):
    """The names of a submission: a value of plain data is itself, anything else has a stand-in.

    Args:
        ask: sends a request to the process of the submission, and returns its reply.
    """

    def __init__(self, ask: Callable):
        super().__init__()
        self._ask = ask
        self._given: list[object] = []  # what the other process knows by its numbers

    def __missing__(self, name: str) -> object:
        """Ask the submission for what it calls by a name."""
        if hasattr(builtins, name):
            raise KeyError(name)
        return self.request(name=name)

    def __or__(self, others: dict) -> "StandIns":
        """Return these names with others that the submission does not define."""
        self.update(others)
        return self

    def call(self, function: object, *arguments: object, **named: object) -> object:
        """Call a function in the process of the submission; return what comes back as data."""
        call, given = self._write(function), self._write(arguments)
        return self.request(**{"call": call, "with": given, "named": self._write(named)})

    def request(self, **request: object) -> object:
        """Return what the process of the submission replies, or raise the error that it names."""
        reply = self._ask(request)
        while "use" in reply:  # amid the request, the answer uses something of the check's
            reply = self._ask(self._used(reply))
        if "error" in reply:
            kind, message = (str(each) for each in reply["error"])
            known = getattr(builtins, kind, None)
            plain = isinstance(known, type) and issubclass(known, Exception)
            raise (known if plain else RuntimeError)(message)
        for number, state in reply["changed"].items():
            network = self._given[int(number)]
            if getattr(network, "may_change", False):
                _change(network, self._read(state))
        return self._read(reply["value"])

    def _used(self, reply):
        """Return an attribute of a spy as the answer asks, or call something; return the reply."""
        try:
            value = self._given[reply["use"]]
            if "attribute" in reply:
                if reply["attribute"].startswith("_") or not isinstance(value, Spy):
                    raise AttributeError(f"the check hands out no {reply['attribute']}")
                return {"value": self._write(getattr(value, reply["attribute"]))}
            arguments, named = self._read(reply["with"]), self._read(reply["named"])
            return {"value": self._write(value(*arguments, **named))}
        except Exception as error:  # the student's code may hand over anything
            return {"error": [type(error).__name__, str(error)[:1000]]}

    def _write(self, value):
        return write(value, self._write_other)

    def _write_other(self, value):
        if isinstance(value, Elsewhere) or getattr(value, "runs_elsewhere", False) is True:
            return {"yours": value.number}
        stays = isinstance(value, Spy) or isinstance(getattr(value, "__self__", None), Spy)
        try:
            pickled = None if stays else base64.b64encode(pickle.dumps(value)).decode()
        except Exception:  # such as a function inside a function
            pickled = None
        number = next((n for n, each in enumerate(self._given) if each is value), len(self._given))
        if number == len(self._given):
            self._given.append(value)
        return {"mine": [number, pickled, getattr(value, "may_change", False) is True]}

    def _read(self, words):
        return read(words, self._read_other)

    def _read_other(self, kind, content):
        if kind == "given":
            return self._given[content]
        if kind == "network":
            return build_network(self._read(content))
        if kind == "kept":
            number, what, name, parameters, inside = content
            if what == "network":
                return Network(Elsewhere(self, int(number)), list(map(self._read, inside)))
            return _stand_in(self, int(number), what, str(name), parameters)
        raise ValueError(f"there is no kind of value {kind!r}")


class Elsewhere:
    """Stands for an object in another process: its attributes and calls are asked for there."""

    runs_elsewhere = True

    def __init__(self, owner: StandIns, number: int, is_class: bool = False):
        self._owner, self.number, self.is_class = owner, number, is_class

    def __call__(self, *arguments: object, **named: object) -> object:
        """Call the object."""
        return self._owner.call(self, *arguments, **named)

    def __getattr__(self, name: str) -> object:
        """Return an attribute of the object."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self._owner.request(get=self.number, attribute=name)

    def run(self, function: Callable, *arguments: object) -> object:
        """Run a function of this package there, on the object and these arguments."""
        return self._owner.call(function, self, *arguments)


class Network(keras.Model):
    """Stands for a network that has layers of a submission, and runs in its process."""

    runs_elsewhere = True

    def __init__(self, there: Elsewhere, known: list[keras.Layer]):
        super().__init__()
        self.there, self.number, self.known = there, there.number, known

    def call(self, inputs, training=None):
        """Run the network."""
        return self.there(inputs, training=training)

    def compile(self, *arguments, **named):
        """Compile the network."""
        self.there.compile(*arguments, **named)

    def fit(self, *arguments, **named):
        """Train the network."""
        return self.there.fit(*arguments, **named)


def _stand_in(owner, number, kind, name, parameters):
    """Return a function for a function, and an object for a class or an object."""
    stand_in = Elsewhere(owner, number, kind == "class")
    if kind != "function":
        return stand_in
    made = {"call": stand_in.__call__, "__name__": "stand_in"}
    exec(compile(FUNCTION, "<stand-in>", "exec"), made)  # a function without a text to look into
    function = made["stand_in"]
    function.number, function.runs_elsewhere, function.__name__ = number, True, name
    if parameters is not None:
        function.__signature__ = inspect.Signature(
            [
                inspect.Parameter(str(each), kind, default=None if optional else inspect._empty)
                for each, kind, optional in parameters
            ]
        )
    return function


def _change(network, state):
    """Set the weights and the notes of a network as an answer has left them."""
    network.set_weights(state["weights"])
    for name in getattr(network, "NOTES", ()):
        getattr(network, name)[:] = state["notes"][name]


keras.config.disable_interactive_logging()
