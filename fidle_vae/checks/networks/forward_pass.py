"""The check of a forward pass through an encoder that draws z itself."""

from collections.abc import Callable

import numpy as np
from keras import ops

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    Spy,
    exercise,
    explain,
    outcome,
    recognise,
    used_names,
)
from fidle_vae.checks.engine.small_vae import LATENT_DIM, PIXELS, SHAPE

CHECK = "forward"
BATCH = 5
RIGHT = ("z_mean", "z_log_var", "x_hat")
TIMES = {2: "twice", 3: "three times"}


@exercise
def forward(my_forward: Callable) -> Result:
    """Check `my_forward(encoder, decoder, x)`: (z_mean, z_log_var, x_hat) of one call.

    The encoder gives z_mean, z_log_var and z, drawn inside, anew at each call; x_hat is the
    decoder's image at z.
    """
    x = np.random.default_rng(11).random((BATCH, *SHAPE), dtype="float32")
    encoder, decoder = _Encoder(), _Decoder()
    values = outcome(CHECK, lambda x: my_forward(encoder, decoder, x), x)
    if isinstance(values, Result):
        three = "This encoder gives three values: z_mean, z_log_var and z, which it draws."
        values = explain(values, "values to unpack", "forward_unpacks", three)
        own = "this encoder draws z itself. Call it once, and take all three of its outputs."
        unknown = r"name '\w*[Ss]ampling\w*' is not defined"
        return explain(values, unknown, "forward_draws_again", own, alone=True)
    right = "The encoder is called once, and the z that it drew is the one decoded."
    return recognise(CHECK, _Pass(values, encoder, decoder, x, my_forward), MISTAKES, right)


class _Pass:
    """What a forward pass returned: what each value is, and from which call of the encoder."""

    def __init__(self, values, encoder, decoder, x, my_forward):
        self.is_dict = isinstance(values, dict)
        self.x, self.names = (
            x.reshape(len(x), -1),
            used_names(getattr(my_forward, "__code__", None)),
        )
        values = tuple(values.values()) if isinstance(values, dict) else values
        self.values = values if isinstance(values, list | tuple) else [values]
        self.encoder, self.decoder, self.calls = encoder, decoder, len(encoder.given)
        try:
            arrays = [np.asarray(ops.convert_to_numpy(value), float) for value in self.values]
        except (TypeError, ValueError, RuntimeError):
            self.origins = self.calls_of = None  # of what is no tensor of numbers
        else:
            found = [_origin(array, encoder, decoder) for array in arrays]
            self.origins, self.calls_of = (tuple(each[i] for each in found) for i in range(2))

    @property
    def other_order(self):
        right = sorted(map(str, self.origins)) == sorted(RIGHT) and self.origins != RIGHT
        return ", ".join(self.origins) if right else ""

    @property
    def other_codes(self):
        if self.origins[:2] == RIGHT[:2]:
            return ""
        return " and ".join(name or "none of the encoder's values" for name in self.origins[:2])

    @property
    def other_images(self):
        """What the encoder got in place of x, or ""."""
        for given in self.encoder.given:
            if given["x"].shape != self.x.shape:
                return f"{len(given['x'])} of the {len(self.x)} images of x"
            if not np.allclose(given["x"], self.x, atol=1e-5):
                return "other images than those of x"
        return ""

    @property
    def decodes_z(self):
        """Whether a z that the encoder drew went into the decoder."""
        drawn = [given["z"] for given in self.encoder.given]
        return any(
            z.shape == own.shape and np.allclose(z, own, atol=1e-4)
            for z in self.decoder.given
            for own in drawn
        )

    @property
    def calls_seen(self):
        places = (f"{n} of call {c}" for n, c in zip(RIGHT, self.calls_of, strict=True))
        times = TIMES.get(self.calls, f"{self.calls} times")
        return (
            f"The encoder is called {times}, and it draws anew at each call: {', '.join(places)}."
        )

    @property
    def predicted(self):
        """The network that was run by `predict`, or ""."""
        networks = {"encoder": self.encoder, "decoder": self.decoder}
        return next((name for name, network in networks.items() if network.predicted), "")


def _origin(array, encoder, decoder):
    """Return what an array is, and from which call of the encoder, counted from 1."""
    for call, codes in enumerate(encoder.given, 1):
        known = {"x": codes["x"].reshape(-1, *SHAPE)}
        for name in ("z_mean", "z_log_var", "z"):
            known[name] = codes[name]
            known["x_hat" if name == "z" else f"image of {name}"] = decoder.image(codes[name])
        for name, values in known.items():
            if array.shape == values.shape and np.allclose(array, values, atol=1e-4):
                return name, call
    return None, 0


def _third_is(origin):
    return lambda found: found.origins[2] == origin


def _from_calls(count):
    return lambda found: len(set(found.calls_of)) == count


ANOTHER_DRAW = (
    "{found.calls_seen} So the z that is decoded is not the one that the KL measures. Call it "
    "once, and keep its three outputs."
)
WITHOUT_GRADIENT = {"stop_gradient", "detach"}
MISTAKES = [
    Mistake(
        "forward_outputs",
        "The number of values it gives is {seen} where three are expected: return z_mean, "
        "z_log_var and x_hat.",
        lambda found: "" if len(found.values) == 3 else str(len(found.values)),
    ),
    Mistake(
        "forward_without_encoder",
        "The encoder is never called: z_mean and z_log_var come from it.",
        lambda found: not found.calls,
    ),
    Mistake(
        "forward_dict",
        "It gives a dict: give the three values, z_mean, z_log_var and x_hat, with commas between "
        "them.",
        lambda found: found.is_dict,
    ),
    Mistake(
        "forward_other_images",
        "The encoder gets {seen}: give it x, as it is.",
        lambda found: found.other_images,
    ),
    Mistake(
        "no_number",
        "It gives {seen} and not three tensors of numbers.",
        lambda found: (
            found.origins is None and ", ".join(type(value).__name__ for value in found.values)
        ),
    ),
    Mistake(
        "forward_order",
        f"The values that come are {{seen}}, and must be {', '.join(RIGHT)}. The encoder gives "
        "z_mean, z_log_var, z, in this order: mind it where you unpack, and where you return.",
        lambda found: found.other_order,
    ),
    Mistake(
        "forward_other_codes",
        "The first two values are {seen}: z_mean and z_log_var are expected, as the encoder gives "
        "them.",
        lambda found: found.other_codes,
    ),
    Mistake(
        "forward_decodes_mean",
        "z_mean is decoded, so that there is no noise: the decoder would never learn to give "
        "images between the means. Decode z.",
        _third_is("image of z_mean"),
    ),
    Mistake(
        "forward_decodes_log_variance",
        "z_log_var is decoded: the decoder takes z, the third output of this encoder.",
        _third_is("image of z_log_var"),
    ),
    Mistake(
        "forward_gives_z",
        "The third value is z itself: give the decoder's image at z, x_hat.",
        _third_is("z"),
    ),
    Mistake(
        "forward_gives_x",
        "The third value is x, the image that went in: give the one that comes out of the decoder.",
        _third_is("x"),
    ),
    Mistake(
        "forward_without_decoder",
        "The decoder is never called: x_hat is its image at z.",
        lambda found: found.origins[2] is None and not found.decoder.given,
    ),
    Mistake(
        "forward_changes_image",
        "The right z is decoded, but the third value is not the image as the decoder gives it: "
        "change nothing in it.",
        lambda found: found.origins[2] is None and found.decodes_z,
    ),
    Mistake(
        "forward_other_z",
        "What is decoded is none of the z that this encoder drew: it draws z itself, and its "
        "third output is to be decoded as it is.",
        _third_is(None),
    ),
    Mistake("forward_three_calls", ANOTHER_DRAW, _from_calls(3)),
    Mistake("forward_two_calls", ANOTHER_DRAW, _from_calls(2)),
    Mistake(
        "forward_calls_wasted",
        "The three values belong together, but the encoder runs {seen}: call it once, and keep "
        "its three outputs.",
        lambda found: found.calls > 1 and TIMES.get(found.calls, f"{found.calls} times"),
    ),
    Mistake(
        "forward_by_predict",
        "predict gives arrays, through which no gradient passes: call the {seen}.",
        lambda found: found.predicted,
    ),
    Mistake(
        "forward_without_gradient",
        "The values are right, but no gradient passes through {seen}: the model could not learn. "
        "Give the tensors as they come.",
        lambda found: next(iter(sorted(WITHOUT_GRADIENT & found.names)), ""),
    ),
]


class _Network(Spy):
    """A network that keeps the inputs, or the outputs, of each call."""

    def __init__(self):
        self.given, self.predicted = [], False

    def __call__(self, inputs, **how):
        return [ops.convert_to_tensor(array) for array in self._arrays(inputs)]

    def predict(self, inputs, *arguments, **how):
        self.predicted = True
        return self._arrays(inputs)

    predict_on_batch = predict


class _Encoder(_Network):
    """An encoder with z_mean, z_log_var and z, all three noisy as if there were dropout inside."""

    def _arrays(self, inputs):
        x = _array(inputs).reshape(-1, PIXELS)
        weights = np.random.default_rng(12).normal(0, 0.5, (2, PIXELS, LATENT_DIM))
        noise = np.random.default_rng(20 + len(self.given)).normal(size=(3, len(x), LATENT_DIM))
        z_mean, z_log_var = x @ weights + 0.3 * noise[:2]
        codes = z_mean, z_log_var, z_mean + np.exp(z_log_var / 2) * noise[2]
        self.given.append(dict(zip(("z_mean", "z_log_var", "z"), codes, strict=True)) | {"x": x})
        return [code.astype("float32") for code in codes]


class _Decoder(_Network):
    """A decoder with one image for each z."""

    def __call__(self, inputs, **how):
        return super().__call__(inputs)[0]

    def predict(self, inputs, *arguments, **how):
        return super().predict(inputs)[0]

    predict_on_batch = predict

    def _arrays(self, inputs):
        z = _array(inputs)
        self.given.append(z)
        return [self.image(z).astype("float32")]

    def image(self, z):
        weights = np.random.default_rng(13).normal(0, 0.5, (LATENT_DIM, PIXELS))
        return (1 / (1 + np.exp(-z @ weights))).reshape(-1, *SHAPE)


def _array(values):
    return np.asarray(ops.convert_to_numpy(values), float)
